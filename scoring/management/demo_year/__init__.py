"""The demo's year in mid-course: invented people play `fixtures/demo/year` through the portal's own services.

`material` reads the fixtures, `cast` makes the people, `founding` sets the year up, `declaring` and `judging` are what
units and departments did so far; `play` tells it in order. Everything here runs in demo mode only.
"""
