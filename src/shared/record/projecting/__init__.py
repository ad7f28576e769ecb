"""What can be seen is projected from the record: views can be rebuilt, reactions can't."""
