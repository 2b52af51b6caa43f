"""What can be wrong with the diary."""


class DiaryError(OSError):
    """The diary could not be read or written. The sentence says what to do."""


class BlockedDiaryError(DiaryError):
    """Another program holds the diary, or the disk is full: it can go on with the same connection when that is over."""


class DamagedDiaryError(DiaryError):
    """The diary's file is not a diary any more."""


NO_ROW_OF_OURS = (ValueError, TypeError, LookupError, ArithmeticError)
"""What a row that another program wrote, or a newer version, may make of reading it."""
