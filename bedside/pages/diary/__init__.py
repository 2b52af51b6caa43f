"""The pages of the diary: the nights of a month, an entry and its history, what is added, medicines, journeys."""
