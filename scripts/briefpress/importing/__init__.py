"""A published text, from a file of Word or HTML or a plain one, as the draft of a brief.

`read` opens the file, `recognise` finds the header and what the page says by itself, `markdown`
writes the text. Every word of the file is accounted for.
"""
