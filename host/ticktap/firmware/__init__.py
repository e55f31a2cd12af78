"""The firmware on a board's drive: installed, compared, brought up to date, its accounts kept."""
