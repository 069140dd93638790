package dev.longshore.builder;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Has the kernel hand programs for 64-bit Arm to an emulator for as long as it is open. The handler is registered from
/// a mount namespace of its own, where binfmt_misc is mounted, and goes with it; other handlers stay as they are.
final class ArmHandler implements AutoCloseable {

    private static final Path EMULATOR = Path.of("/usr/bin/qemu-aarch64-static");
    private static final String MAGIC =
            "\\x7fELF\\x02\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00\\xb7\\x00";
    private static final String MASK =
            "\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xfe\\xff\\xff\\xff";
    private static final String SCRIPT = """
            binfmt=/proc/sys/fs/binfmt_misc
            mount -t binfmt_misc binfmt_misc $binfmt && printf '%s' "$2" > $binfmt/register || exit 1
            echo registered
            read -r end
            echo -1 > "$binfmt/$1"
            """;

    private final Process holder;

    private ArmHandler(Process holder) {
        this.holder = holder;
    }

    /// Registers it; where that cannot be done, says why, and the test is skipped.
    static ArmHandler open() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        assumeTrue(Files.exists(EMULATOR), "needs qemu-user-static");
        assumeTrue(
                Files.readString(Path.of("/proc/filesystems")).contains("binfmt_misc"),
                "this kernel has no binfmt_misc");
        String name = "longshore-test-" + ProcessHandle.current().pid();
        String line = ":" + name + ":M::" + MAGIC + ":" + MASK + ":" + EMULATOR + ":F";
        Process holder = new ProcessBuilder(
                        "unshare", "-m", "--propagation", "private", "sh", "-c", SCRIPT, "sh", name, line)
                .redirectErrorStream(true)
                .start();
        String said =
                new BufferedReader(new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8)).readLine();
        assumeTrue("registered".equals(said), "binfmt_misc cannot be had here: " + said);
        return new ArmHandler(holder);
    }

    @Override
    public void close() throws IOException {
        holder.getOutputStream().close();
        holder.onExit().join();
    }
}
