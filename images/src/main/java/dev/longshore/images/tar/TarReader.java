package dev.longshore.images.tar;

import dev.longshore.images.tar.TarEntry.Type;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads an archive member by member, in the order it has: ustar, pax, GNU (long names, sparse files, large
/// numbers). It means what Go's archive/tar, and so Docker, takes it to mean: of several extended headers before
/// a member the last counts, global ones are passed over, a NUL in a name is an error.
///
/// Memory is bounded whatever the archive says: extended headers and sparse maps may hold 1 MiB. Reads exactly to
/// the archive's end mark and no further. For one thread.
public final class TarReader {

    private static final int LARGEST_EXTENSION = 1 << 20;
    private static final int SPARSE_PAIR = 24;
    private static final long LARGEST_ID = 0xfffffffeL;
    private static final int LARGEST_MAJOR = 0xfff;
    private static final int LARGEST_MINOR = 0xfffff;

    private final InputStream in;
    private long stored;
    private long padding;
    private SparseMap sparse;

    /// Of the plain bytes `in`; closing is the caller's.
    public TarReader(InputStream in) {
        this.in = in;
    }

    /// Takes the content of a file, piece by piece; what lies between pieces is zero.
    @FunctionalInterface
    public interface Sink {
        /// `length` bytes of `bytes` belong at `offset` of the file.
        void write(long offset, byte[] bytes, int length) throws IOException;
    }

    /// The next member; empty at the end. What was not read of the one before is passed over.
    ///
    /// @throws MalformedTarException when it is no archive, or breaks off
    public Optional<TarEntry> next() throws IOException {
        PaxRecords pax = PaxRecords.NONE;
        String longName = "";
        String longLink = "";
        while (true) {
            pass();
            byte[] block = block();
            if (block.length == 0) {
                return Optional.empty();
            }
            RawHeader header = RawHeader.parse(block);
            switch (header.flag()) {
                case 'x' -> pax = PaxRecords.parse(extension(header));
                case 'g' -> PaxRecords.parse(extension(header));
                case 'L' -> longName = longText(extension(header));
                case 'K' -> longLink = longText(extension(header));
                default -> {
                    return Optional.of(entry(header, pax, longName, longLink));
                }
            }
        }
    }

    /// Hands the content of the current member, a file, to `sink`.
    public void content(Sink sink) throws IOException {
        byte[] buffer = new byte[64 << 10];
        List<SparseMap.Piece> pieces = sparse == null ? List.of(new SparseMap.Piece(0, stored)) : sparse.pieces();
        for (SparseMap.Piece piece : pieces) {
            for (long done = 0; done < piece.length(); ) {
                int read = in.read(buffer, 0, (int) Math.min(buffer.length, piece.length() - done));
                if (read < 0) {
                    throw truncated();
                }
                stored -= read;
                sink.write(piece.offset() + done, buffer, read);
                done += read;
            }
        }
    }

    private TarEntry entry(RawHeader header, PaxRecords pax, String longName, String longLink) throws IOException {
        String name = longName.isEmpty() ? pax.text("path").orElse(header.name()) : longName;
        String link = longLink.isEmpty() ? pax.text("linkpath").orElse(header.linkName()) : longLink;
        name = pax.text("GNU.sparse.name").orElse(name);
        Type type = type(header.flag(), name);
        if (name.indexOf('\0') >= 0 || link.indexOf('\0') >= 0) {
            throw new MalformedTarException("a name holds a NUL");
        }
        long size = type == Type.FILE ? pax.number("size").orElse(header.size()) : 0;
        if (size < 0) {
            throw new MalformedTarException("\"" + name + "\" has a negative size");
        }
        stored = size;
        padding = padding(size);
        sparse = type == Type.FILE ? sparse(header, pax) : null;
        boolean isDevice = type == Type.CHARACTER_DEVICE || type == Type.BLOCK_DEVICE;
        Optional<FileTime> precise = pax.time("mtime");
        return new TarEntry(
                name,
                type,
                type == Type.HARD_LINK || type == Type.SYMLINK ? link : "",
                sparse == null ? size : sparse.size(),
                header.mode(),
                id(pax.number("uid").orElse(header.uid()), name),
                id(pax.number("gid").orElse(header.gid()), name),
                precise.isPresent() ? precise.get() : PaxRecords.bounded(header.modified(), 0),
                isDevice ? device(header.major(), LARGEST_MAJOR, name) : 0,
                isDevice ? device(header.minor(), LARGEST_MINOR, name) : 0,
                pax.attributes());
    }

    private static Type type(char flag, String name) throws MalformedTarException {
        return switch (flag) {
            case '0', '\0', '7', 'S' -> flag == '\0' && name.endsWith("/") ? Type.DIRECTORY : Type.FILE;
            case '1' -> Type.HARD_LINK;
            case '2' -> Type.SYMLINK;
            case '3' -> Type.CHARACTER_DEVICE;
            case '4' -> Type.BLOCK_DEVICE;
            case '5' -> Type.DIRECTORY;
            case '6' -> Type.FIFO;
            default -> throw new MalformedTarException("\"%s\" is of the unknown type %d".formatted(name, (int) flag));
        };
    }

    private SparseMap sparse(RawHeader header, PaxRecords pax) throws IOException {
        if (header.flag() == 'S') {
            return oldSparse(header);
        }
        if (pax.text("GNU.sparse.major").orElse("").equals("1")) {
            long size = pax.number("GNU.sparse.realsize").orElse(0L);
            List<String> numbers = leadingMap();
            return SparseMap.of(numbers, size, stored);
        }
        Optional<List<String>> numbers = pax.sparseNumbers();
        if (numbers.isPresent()) {
            return SparseMap.of(numbers.get(), pax.number("GNU.sparse.size").orElse(0L), stored);
        }
        return null;
    }

    /// GNU's first form: the map in the header, and in blocks behind it.
    private SparseMap oldSparse(RawHeader header) throws IOException {
        if (!header.isGnu()) {
            throw new MalformedTarException("a sparse file in an archive that is not GNU's");
        }
        var numbers = new ArrayList<String>();
        addPairs(header, 386, 4, numbers);
        boolean goesOn = header.block()[482] != 0;
        long size = header.number(483, 12, "real size");
        while (goesOn) {
            if (numbers.size() * (SPARSE_PAIR / 2) > LARGEST_EXTENSION) {
                throw new MalformedTarException("a sparse file's map is too long");
            }
            var more = new RawHeader(exactly(RawHeader.SIZE));
            addPairs(more, 0, 21, numbers);
            goesOn = more.block()[504] != 0;
        }
        return SparseMap.of(numbers, size, stored);
    }

    private static void addPairs(RawHeader block, int offset, int count, List<String> numbers)
            throws MalformedTarException {
        for (int i = 0; i < count; i++) {
            int at = offset + i * SPARSE_PAIR;
            if (block.block()[at] == 0) {
                return;
            }
            numbers.add(Long.toString(block.number(at, 12, "sparse offset")));
            numbers.add(Long.toString(block.number(at + 12, 12, "sparse length")));
        }
    }

    /// GNU's last form: the map stands before the content, in whole blocks, a number a line.
    private List<String> leadingMap() throws IOException {
        var text = new StringBuilder();
        var numbers = new ArrayList<String>();
        long wanted = 1;
        while (numbers.size() < wanted) {
            if (stored < RawHeader.SIZE || text.length() > LARGEST_EXTENSION) {
                throw new MalformedTarException("a sparse file's map is wrong");
            }
            byte[] block = exactly(RawHeader.SIZE);
            stored -= RawHeader.SIZE;
            for (int i = 0; i < block.length && numbers.size() < wanted; i++) {
                if (block[i] != '\n') {
                    text.append((char) (block[i] & 0xff));
                    continue;
                }
                numbers.add(text.toString());
                text.setLength(0);
                if (numbers.size() == 1) {
                    long pairs = PaxRecords.decimal(numbers.getFirst(), "a sparse file's map");
                    if (pairs > LARGEST_EXTENSION) {
                        throw new MalformedTarException("a sparse file's map is too long");
                    }
                    wanted = 1 + 2 * pairs;
                }
            }
        }
        return List.copyOf(numbers.subList(1, numbers.size()));
    }

    private byte[] extension(RawHeader header) throws IOException {
        long size = header.size();
        if (size < 0 || size > LARGEST_EXTENSION) {
            throw new MalformedTarException("an extended header of " + size + " bytes");
        }
        byte[] bytes = exactly((int) size);
        stored = 0;
        padding = padding(size);
        return bytes;
    }

    private static String longText(byte[] bytes) throws MalformedTarException {
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return RawHeader.utf8(java.util.Arrays.copyOf(bytes, end));
    }

    private static long id(long value, String name) throws MalformedTarException {
        if (value < 0 || value > LARGEST_ID) {
            throw new MalformedTarException("\"" + name + "\" belongs to the impossible user or group " + value);
        }
        return value;
    }

    private static int device(long value, int largest, String name) throws MalformedTarException {
        if (value < 0 || value > largest) {
            throw new MalformedTarException("\"" + name + "\" is an impossible device");
        }
        return (int) value;
    }

    /// A header's block; empty at the end of the archive: two blocks of zeros, or nothing more at all.
    private byte[] block() throws IOException {
        byte[] first = in.readNBytes(RawHeader.SIZE);
        if (first.length == 0) {
            return first;
        }
        if (first.length < RawHeader.SIZE) {
            throw truncated();
        }
        if (!RawHeader.isZero(first)) {
            return first;
        }
        byte[] second = in.readNBytes(RawHeader.SIZE);
        if (second.length == 0 || second.length == RawHeader.SIZE && RawHeader.isZero(second)) {
            return new byte[0];
        }
        throw new MalformedTarException("not a tar archive: a single block of zeros within");
    }

    private void pass() throws IOException {
        for (long left = stored; left > 0; ) {
            long passed = in.skip(left);
            if (passed <= 0) {
                if (in.read() < 0) {
                    throw truncated();
                }
                passed = 1;
            }
            left -= passed;
        }
        stored = 0;
        sparse = null;
        exactly((int) padding);
        padding = 0;
    }

    private static long padding(long size) {
        return -size & RawHeader.SIZE - 1;
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw truncated();
        }
        return bytes;
    }

    private static MalformedTarException truncated() {
        var end = new MalformedTarException("the archive breaks off");
        end.initCause(new EOFException());
        return end;
    }
}
