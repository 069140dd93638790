package dev.longshore.builder.stage;

import dev.longshore.images.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Which platforms' programs this machine runs: its own, what its processor runs as well, and what binfmt_misc
/// (kernel documentation, admin-guide/binfmt-misc) hands to an emulator. Where binfmt_misc cannot be looked into, which
/// says nothing about the kernel's handlers, a program is tried.
public final class Emulation {

    private static final Map<String, String> QEMU_NAMES = Map.of(
            "amd64", "x86_64",
            "386", "i386",
            "arm64", "aarch64",
            "arm", "arm",
            "riscv64", "riscv64",
            "ppc64le", "ppc64le",
            "s390x", "s390x",
            "mips64le", "mips64el",
            "loong64", "loongarch64");

    private final Path binfmt;
    private final Platform here;
    private final ProgramTrial trial;

    /// Of a machine of platform `here`, whose binfmt_misc is mounted at `binfmt`, or nowhere.
    Emulation(Path binfmt, Platform here, ProgramTrial trial) {
        this.binfmt = binfmt;
        this.here = here;
        this.trial = trial;
    }

    /// Why programs of `wanted` do not run here; empty if they do.
    public Optional<String> refusal(Platform wanted) throws IOException, InterruptedException {
        if (!wanted.os().equals(here.os())) {
            return Optional.of("programs of " + wanted + " do not run on " + here);
        }
        if (isNative(wanted.architecture())) {
            return Optional.empty();
        }
        String name = "qemu-" + QEMU_NAMES.getOrDefault(wanted.architecture(), wanted.architecture());
        Path handler = binfmt.resolve(name);
        if (!Files.isReadable(handler)) {
            Optional<ProbeProgram> program = ProbeProgram.of(wanted.architecture());
            if (program.isPresent() && trial.succeeds(program.get())) {
                return Optional.empty();
            }
            return Optional.of("programs of " + wanted + " do not run on " + here + ": no emulator is registered as "
                    + handler + " (install one, such as qemu-user-static with binfmt-support)");
        }
        String text = Files.readString(handler);
        if (!text.startsWith("enabled")) {
            return Optional.of("programs of " + wanted + " do not run on " + here + ": " + handler + " is disabled");
        }
        // Without F the kernel looks for the emulator inside the container, where it is not.
        boolean isFixed = text.lines().anyMatch(line -> line.startsWith("flags:") && line.contains("F"));
        return isFixed
                ? Optional.empty()
                : Optional.of("programs of " + wanted + " do not run on " + here + ": " + handler
                        + " lacks the flag F, without which containers do not see the emulator");
    }

    private boolean isNative(String architecture) {
        return architecture.equals(here.architecture())
                || here.architecture().equals("amd64") && architecture.equals("386");
    }
}
