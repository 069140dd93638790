package dev.longshore.images.tar;

import java.util.ArrayList;
import java.util.List;

/// Where the pieces of a sparse file lie; between them it is zero.
///
/// @param size of the whole file
record SparseMap(long size, List<Piece> pieces) {

    record Piece(long offset, long length) {}

    SparseMap {
        pieces = List.copyOf(pieces);
    }

    /// Of offsets and lengths in turn.
    ///
    /// @throws MalformedTarException unless they are in order, apart, within `size`, and hold `stored` bytes
    static SparseMap of(List<String> numbers, long size, long stored) throws MalformedTarException {
        if (numbers.size() % 2 != 0) {
            throw wrong();
        }
        var pieces = new ArrayList<Piece>();
        long end = 0;
        long sum = 0;
        for (int i = 0; i < numbers.size(); i += 2) {
            long offset = PaxRecords.decimal(numbers.get(i), "a sparse file's offset");
            long length = PaxRecords.decimal(numbers.get(i + 1), "a sparse file's length");
            if (offset < end || length > size - offset) {
                throw wrong();
            }
            end = offset + length;
            sum += length;
            if (length > 0) {
                pieces.add(new Piece(offset, length));
            }
        }
        if (sum != stored) {
            throw wrong();
        }
        return new SparseMap(size, pieces);
    }

    private static MalformedTarException wrong() {
        return new MalformedTarException("a sparse file's map is wrong");
    }
}
