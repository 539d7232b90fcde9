"""What the figures of a campaign say beyond its results: what if, how near, how firm, against last year, where lost.

Pure functions over an ``Evaluated`` (a campaign with its results): no models, no files, no clock. What they return are
frozen values, exact (Fraction) and in a fixed order; nothing of it is ever a score. The one place with floats is
``robustness``, which draws weights at random, seeded by the digest of the campaign, and counts ranks.

    evaluated       a campaign with its results, and the look-ups that all the others need
    trial           one unit with other answers: its results and its place, by the engine itself
    what_if         changed answers → index, rank and class before and after
    shortest_way    to the next class: fewest leaves, then smallest gain (reachable, counts, formulas, levels, search)
    closeness       near-ties, units near a threshold, open questions that would change a class
    robustness      ranges of ranks while the weights of the components vary
    comparison      change between two years over criteria that are linked as same or comparable
    lost_points     by leaf, component and group
    work_lists      of a unit: fell against last year, below the maximum, below the mean
"""
