"""A challenger: its documents, its training, its comparison with the champion."""
