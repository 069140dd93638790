package dev.longshore.builder.stage;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/// The smallest program of an architecture: it exits with 0 (exit(2)). Whether it runs says whether others do.
///
/// @param machine of ELF's header
/// @param is64 whether it is ELF64
/// @param order of the bytes
/// @param flags of ELF's header
/// @param code in hexadecimal, as it lies in memory
record ProbeProgram(int machine, boolean is64, ByteOrder order, int flags, String code) {

    private static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;

    private static final Map<String, ProbeProgram> ALL = Map.of(
            // xor edi, edi; mov eax, 60; syscall
            "amd64", new ProbeProgram(62, true, LITTLE, 0, "31ff b83c000000 0f05"),
            // mov x0, 0; mov x8, 93; svc 0
            "arm64", new ProbeProgram(183, true, LITTLE, 0, "000080d2 a80b80d2 010000d4"),
            // mov r0, 0; mov r7, 1; svc 0
            "arm", new ProbeProgram(40, false, LITTLE, 0x05000000, "0000a0e3 0170a0e3 000000ef"),
            // li a0, 0; li a7, 93; ecall
            "riscv64", new ProbeProgram(243, true, LITTLE, 0, "13050000 9308d005 73000000"),
            // li r0, 1; li r3, 0; sc
            "ppc64le", new ProbeProgram(21, true, LITTLE, 2, "01000038 00006038 02000044"),
            // lghi r2, 0; svc 1
            "s390x", new ProbeProgram(22, true, ByteOrder.BIG_ENDIAN, 0, "a7290000 0a01"),
            // li v0, 5058; li a0, 0; syscall
            "mips64le", new ProbeProgram(8, true, LITTLE, 0x80000007, "c2130224 00000424 0c000000"));

    private static final long ADDRESS = 0x400000;

    /// That of `architecture`, in Go's words.
    static Optional<ProbeProgram> of(String architecture) {
        return Optional.ofNullable(ALL.get(architecture));
    }

    /// An executable file (ELF specification 1.2): header, one segment, code.
    byte[] file() {
        byte[] text = HexFormat.of().parseHex(code.replace(" ", ""));
        int headers = is64 ? 64 + 56 : 52 + 32;
        int size = headers + text.length;
        ByteBuffer file = ByteBuffer.allocate(size).order(order);
        identify(file);
        if (is64) {
            long entry = ADDRESS + headers;
            file.putLong(entry).putLong(64).putLong(0).putInt(flags);
            sizes(file, 64, 56);
            file.putInt(1).putInt(5); // PT_LOAD, readable and executable
            file.putLong(0).putLong(ADDRESS).putLong(ADDRESS).putLong(size).putLong(size);
            file.putLong(0x10000);
        } else {
            int entry = (int) ADDRESS + headers;
            file.putInt(entry).putInt(52).putInt(0).putInt(flags);
            sizes(file, 52, 32);
            file.putInt(1).putInt(0).putInt((int) ADDRESS).putInt((int) ADDRESS);
            file.putInt(size).putInt(size).putInt(5).putInt(0x10000);
        }
        return file.put(text).array();
    }

    private void identify(ByteBuffer file) {
        file.put(new byte[] {0x7f, 'E', 'L', 'F', (byte) (is64 ? 2 : 1)});
        file.put((byte) (order == ByteOrder.LITTLE_ENDIAN ? 1 : 2)).put((byte) 1);
        file.position(16);
        file.putShort((short) 2).putShort((short) machine).putInt(1);
    }

    /// Of both headers; there is one segment and no section.
    private static void sizes(ByteBuffer file, int header, int segment) {
        file.putShort((short) header).putShort((short) segment).putShort((short) 1);
        file.putShort((short) 0).putShort((short) 0).putShort((short) 0);
    }
}
