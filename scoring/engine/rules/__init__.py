"""The scoring rules (cách tính điểm), one file a kind; ``registry`` lists them."""
