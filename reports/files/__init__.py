"""What lies on disk: the public store of released bytes, its index, the assets pages need, and the signed decision."""
