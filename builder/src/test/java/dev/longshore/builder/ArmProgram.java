package dev.longshore.builder;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// A program for 64-bit Arm that writes what uname(2) calls the machine into a file, and needs nothing else: so small
/// that it is assembled here.
final class ArmProgram {

    private static final int HEADERS = 64 + 56;
    private static final int ROOM = 0x1000;
    private static final long ADDRESS = 0x400000;
    private static final int FIELD = 65;
    private static final int INSTRUCTIONS = 18;

    private ArmProgram() {}

    /// It writes `aarch64` into the file at `path`.
    static byte[] writingItsMachineTo(String path) {
        byte[] name = (path + "\0").getBytes(StandardCharsets.US_ASCII);
        ByteBuffer file =
                ByteBuffer.allocate(HEADERS + 4 * INSTRUCTIONS + name.length).order(ByteOrder.LITTLE_ENDIAN);
        file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
        file.putShort((short) 2)
                .putShort((short) 183)
                .putInt(1)
                .putLong(ADDRESS + HEADERS)
                .putLong(64)
                .putLong(0);
        file.putInt(0)
                .putShort((short) 64)
                .putShort((short) 56)
                .putShort((short) 1)
                .putShort((short) 0);
        file.putShort((short) 0).putShort((short) 0);
        file.putInt(1).putInt(7).putLong(0).putLong(ADDRESS).putLong(ADDRESS);
        file.putLong(file.capacity()).putLong(2L * ROOM).putLong(ROOM);
        int string = HEADERS + 4 * INSTRUCTIONS;
        file.putInt(movn(0, 99)); // openat(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0644)
        adr(file, 1, string);
        file.putInt(movz(2, 0x241)).putInt(movz(3, 0644)).putInt(movz(8, 56)).putInt(SVC);
        file.putInt(mov(19, 0));
        adr(file, 0, ROOM); // uname(buffer)
        file.putInt(movz(8, 160)).putInt(SVC);
        file.putInt(mov(0, 19)); // write(fd, buffer.machine, 7)
        adr(file, 1, ROOM + 4 * FIELD);
        file.putInt(movz(2, 7)).putInt(movz(8, 64)).putInt(SVC);
        file.putInt(movz(0, 0)).putInt(movz(8, 93)).putInt(SVC); // exit(0)
        return file.put(name).array();
    }

    private static final int SVC = 0xd4000001;

    private static int movz(int register, int value) {
        return 0xd2800000 | value << 5 | register;
    }

    private static int movn(int register, int value) {
        return 0x92800000 | value << 5 | register;
    }

    private static int mov(int to, int from) {
        return 0xaa0003e0 | from << 16 | to;
    }

    /// @param place from the file's beginning
    private static void adr(ByteBuffer file, int register, int place) {
        int offset = place - file.position();
        file.putInt(0x10000000 | (offset & 3) << 29 | (offset >> 2 & 0x7ffff) << 5 | register);
    }
}
