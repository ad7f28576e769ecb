"""A check of bundles for anybody: one page that works from a disk, without service or network."""
