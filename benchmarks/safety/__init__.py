"""What happens when processes die, and texts are hostile?"""
