package dev.longshore.images.tar;

import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// The records of one pax extended header (POSIX.1-2001, pax): `LENGTH KEY=VALUE\n`, values as bytes. Of a key
/// that comes twice the last counts, as everywhere; an empty value takes the key back.
final class PaxRecords {

    static final PaxRecords NONE = new PaxRecords(Map.of(), List.of());

    private static final String XATTR = "SCHILY.xattr.";
    private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,19}");
    private static final Pattern TIME = Pattern.compile("(-?)([0-9]{1,18})(?:\\.([0-9]*))?");
    private static final int NANO_DIGITS = 9;
    private static final int LONGEST_LENGTH = 10;

    private final Map<String, byte[]> records;
    private final List<String> sparseNumbers;

    private PaxRecords(Map<String, byte[]> records, List<String> sparseNumbers) {
        this.records = records;
        this.sparseNumbers = sparseNumbers;
    }

    static PaxRecords parse(byte[] bytes) throws MalformedTarException {
        var records = new LinkedHashMap<String, byte[]>();
        var sparse = new ArrayList<String>();
        int at = 0;
        while (at < bytes.length) {
            int space = at;
            while (space < bytes.length && space - at < LONGEST_LENGTH && isDigit(bytes[space])) {
                space++;
            }
            if (space == at || space >= bytes.length || bytes[space] != ' ') {
                throw new MalformedTarException("a pax record has no length");
            }
            long length = Long.parseLong(ascii(bytes, at, space));
            if (length > bytes.length - at || length <= space - at + 1 || bytes[(int) (at + length - 1)] != '\n') {
                throw new MalformedTarException("a pax record's length is wrong");
            }
            int end = (int) (at + length - 1);
            int equals = space + 1;
            while (equals < end && bytes[equals] != '=') {
                equals++;
            }
            if (equals == end || equals == space + 1) {
                throw new MalformedTarException("a pax record has no key");
            }
            String key = RawHeader.utf8(Arrays.copyOfRange(bytes, space + 1, equals));
            byte[] value = Arrays.copyOfRange(bytes, equals + 1, end);
            keep(key, value, records, sparse);
            at = end + 1;
        }
        return new PaxRecords(records, sparse);
    }

    private static void keep(String key, byte[] value, Map<String, byte[]> records, List<String> sparse)
            throws MalformedTarException {
        if (key.indexOf('\0') >= 0) {
            throw new MalformedTarException("a pax record's key holds a NUL");
        }
        if (key.equals("GNU.sparse.offset") || key.equals("GNU.sparse.numbytes")) {
            // The oldest form repeats these two for each piece, in turn.
            boolean isOffset = key.endsWith("offset");
            if (isOffset != (sparse.size() % 2 == 0)) {
                throw new MalformedTarException("a sparse file's map is wrong");
            }
            sparse.add(new String(value, StandardCharsets.ISO_8859_1));
        } else if (value.length == 0) {
            records.remove(key);
        } else {
            records.put(key, value);
        }
    }

    boolean has(String key) {
        return records.containsKey(key);
    }

    Optional<String> text(String key) throws MalformedTarException {
        byte[] value = records.get(key);
        if (value == null) {
            return Optional.empty();
        }
        String text = RawHeader.utf8(value);
        if (text.indexOf('\0') >= 0) {
            throw new MalformedTarException("the pax record \"" + key + "\" holds a NUL");
        }
        return Optional.of(text);
    }

    Optional<Long> number(String key) throws MalformedTarException {
        Optional<String> text = text(key);
        return text.isEmpty() ? Optional.empty() : Optional.of(decimal(text.get(), key));
    }

    static long decimal(String text, String what) throws MalformedTarException {
        try {
            if (DECIMAL.matcher(text).matches()) {
                return Long.parseLong(text);
            }
        } catch (NumberFormatException tooLarge) {
            throw new MalformedTarException(what + " is too large: " + text);
        }
        throw new MalformedTarException(what + " is not a number: " + text);
    }

    /// Seconds with a fraction. What no file system can hold becomes the epoch, as Docker does.
    Optional<FileTime> time(String key) throws MalformedTarException {
        Optional<String> text = text(key);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        var match = TIME.matcher(text.get());
        if (!match.matches()) {
            throw new MalformedTarException(key + " is not a time: " + text.get());
        }
        String fraction = match.group(3) == null ? "" : match.group(3);
        long nanos = Long.parseLong((fraction + "0".repeat(NANO_DIGITS)).substring(0, NANO_DIGITS));
        long seconds = Long.parseLong(match.group(2));
        return Optional.of(match.group(1).isEmpty() ? bounded(seconds, nanos) : bounded(-seconds, -nanos));
    }

    static FileTime bounded(long seconds, long nanos) {
        boolean isHolding = seconds >= 0 && seconds < 1L << 33;
        return FileTime.from(isHolding ? Instant.ofEpochSecond(seconds, nanos) : Instant.EPOCH);
    }

    /// Extended attributes by name.
    Map<String, byte[]> attributes() {
        var attributes = new TreeMap<String, byte[]>();
        records.forEach((key, value) -> {
            if (key.startsWith(XATTR) && key.length() > XATTR.length()) {
                attributes.put(key.substring(XATTR.length()), value);
            }
        });
        return attributes;
    }

    /// The numbers of a sparse map of version 0.0 or 0.1: offset and length in turn.
    Optional<List<String>> sparseNumbers() throws MalformedTarException {
        Optional<String> map = text("GNU.sparse.map");
        if (map.isPresent()) {
            return Optional.of(List.of(map.get().split(",", -1)));
        }
        return sparseNumbers.isEmpty() ? Optional.empty() : Optional.of(sparseNumbers);
    }

    private static boolean isDigit(byte octet) {
        return octet >= '0' && octet <= '9';
    }

    private static String ascii(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.US_ASCII);
    }
}
