package dev.longshore.images.tar;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// One block of 512 bytes as a header (POSIX ustar, with GNU's older layout), its sum checked.
record RawHeader(byte[] block) {

    static final int SIZE = 512;

    private static final int SUM_AT = 148;
    private static final int SUM_END = 156;
    private static final int MAGIC_AT = 257;

    static boolean isZero(byte[] block) {
        for (byte octet : block) {
            if (octet != 0) {
                return false;
            }
        }
        return true;
    }

    static RawHeader parse(byte[] block) throws MalformedTarException {
        var header = new RawHeader(block);
        long unsigned = 0;
        long signed = 0;
        for (int i = 0; i < SIZE; i++) {
            byte octet = i >= SUM_AT && i < SUM_END ? (byte) ' ' : block[i];
            unsigned += octet & 0xff;
            signed += octet;
        }
        long sum = header.sum();
        if (sum != unsigned && sum != signed) {
            throw new MalformedTarException("not a tar archive: a header's checksum is wrong");
        }
        return header;
    }

    private long sum() throws MalformedTarException {
        try {
            return number(SUM_AT, SUM_END - SUM_AT, "checksum");
        } catch (MalformedTarException junk) {
            throw new MalformedTarException("not a tar archive: " + junk.getMessage());
        }
    }

    char flag() {
        return (char) (block[156] & 0xff);
    }

    String name() throws MalformedTarException {
        String name = text(0, 100);
        boolean hasPrefix = isMagic("ustar\0") && block[345] != 0;
        return hasPrefix ? text(345, 155) + "/" + name : name;
    }

    String linkName() throws MalformedTarException {
        return text(157, 100);
    }

    boolean isGnu() {
        return isMagic("ustar ");
    }

    int mode() throws MalformedTarException {
        return (int) (number(100, 8, "mode") & 07777);
    }

    long uid() throws MalformedTarException {
        return number(108, 8, "uid");
    }

    long gid() throws MalformedTarException {
        return number(116, 8, "gid");
    }

    long size() throws MalformedTarException {
        return number(124, 12, "size");
    }

    long modified() throws MalformedTarException {
        return number(136, 12, "mtime");
    }

    long major() throws MalformedTarException {
        return number(329, 8, "device");
    }

    long minor() throws MalformedTarException {
        return number(337, 8, "device");
    }

    /// Octal text, or GNU's base-256 for what is too large or negative.
    long number(int offset, int length, String what) throws MalformedTarException {
        int first = block[offset] & 0xff;
        return (first & 0x80) != 0 ? binary(offset, length, what) : octal(offset, length, what);
    }

    private long binary(int offset, int length, String what) throws MalformedTarException {
        boolean isNegative = (block[offset] & 0x40) != 0;
        long value = isNegative ? -1 : 0;
        for (int i = 0; i < length; i++) {
            int octet = block[offset + i] & 0xff;
            if (i == 0) {
                octet = isNegative ? octet | 0x80 : octet & 0x7f;
            }
            boolean fits = isNegative ? value >> 55 == -1 : value >> 55 == 0;
            if (!fits) {
                throw new MalformedTarException("a header's " + what + " is too large");
            }
            value = value << 8 | octet;
        }
        return value;
    }

    private long octal(int offset, int length, String what) throws MalformedTarException {
        int from = offset;
        int to = offset + length;
        while (from < to && (block[from] == ' ' || block[from] == 0)) {
            from++;
        }
        long value = 0;
        int at = from;
        while (at < to && block[at] >= '0' && block[at] <= '7') {
            value = value << 3 | block[at] - '0';
            at++;
        }
        if (at < to && block[at] != ' ' && block[at] != 0) {
            throw new MalformedTarException("a header's " + what + " is not a number");
        }
        return value;
    }

    String text(int offset, int length) throws MalformedTarException {
        int end = offset;
        while (end < offset + length && block[end] != 0) {
            end++;
        }
        return utf8(Arrays.copyOfRange(block, offset, end));
    }

    static String utf8(byte[] bytes) throws MalformedTarException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException other) {
            throw new MalformedTarException("a name is not UTF-8: " + new String(bytes, StandardCharsets.ISO_8859_1));
        }
    }

    private boolean isMagic(String magic) {
        for (int i = 0; i < magic.length(); i++) {
            if (block[MAGIC_AT + i] != magic.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
