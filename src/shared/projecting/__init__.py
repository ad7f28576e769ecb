"""Everything that can be seen is projected from the record: views that can be rebuilt, reactions that can't."""
