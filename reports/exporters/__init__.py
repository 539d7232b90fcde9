"""The files of a publication, made from its frozen dataset alone: the same input gives the same bytes."""
