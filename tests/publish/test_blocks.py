"""Pages in parts: one stream of gzip, whatever is shared."""

import gzip

from beffroi.publish.blocks import Block, Page, gzip_parts


def test_parts_and_blocks_are_one_stream_that_anybody_reads() -> None:
    block = Block("Béthune ".encode() * 500)
    parts = (b"<p>Lens</p>" * 50, block, b"", b"<hr>", block)
    packed = gzip_parts(parts)
    assert gzip.decompress(packed) == b"".join(parts)
    assert packed == gzip_parts(parts)
    assert len(packed) < 300


def test_a_block_is_deflated_once_for_all_pages() -> None:
    block = Block(b"Lens " * 500)
    gzip_parts((b"one", block))
    kept = block.deflated
    gzip_parts((b"two", block))
    assert block.deflated is kept


def test_a_page_has_each_block_in_its_place() -> None:
    first, second = Block(b"[1]"), Block(b"[2]")
    page = Page.around((first, second), ("a", "b", second.__html__(), "c", first.__html__(), "d"))
    assert page.text == "ab[2]c[1]d"
    assert [part for part in page.parts if isinstance(part, Block)] == [second, first]
