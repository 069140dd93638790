package dev.longshore.builder.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.longshore.builder.graph.PlatformText;
import dev.longshore.images.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmulationTest {

    @TempDir
    Path binfmt;

    @Test
    void ownProgramsAndThoseOfAnEmulatorRun() throws Exception {
        var emulation = new Emulation(binfmt, Platform.linux("amd64"), new ProgramTrial(new Nowhere()));
        Files.writeString(binfmt.resolve("qemu-aarch64"), "enabled\ninterpreter /usr/bin/qemu\nflags: OCF\noffset 0\n");

        assertThat(emulation.refusal(PlatformText.parse("linux/amd64"))).isEmpty();
        assertThat(emulation.refusal(PlatformText.parse("linux/386"))).isEmpty();
        assertThat(emulation.refusal(PlatformText.parse("linux/arm64"))).isEmpty();
    }

    @Test
    void whyOthersDoNotIsSaid() throws Exception {
        var emulation = new Emulation(binfmt, Platform.linux("amd64"), new ProgramTrial(new Nowhere()));
        Files.writeString(binfmt.resolve("qemu-arm"), "disabled\n");
        Files.writeString(binfmt.resolve("qemu-s390x"), "enabled\ninterpreter /usr/bin/qemu\nflags: OC\n");

        assertThat(emulation.refusal(PlatformText.parse("linux/arm64")).orElseThrow())
                .contains("no emulator is registered as " + binfmt.resolve("qemu-aarch64"));
        assertThat(emulation.refusal(PlatformText.parse("linux/arm/v7")).orElseThrow())
                .contains("is disabled");
        assertThat(emulation.refusal(PlatformText.parse("linux/s390x")).orElseThrow())
                .contains("lacks the flag F");
        assertThat(emulation.refusal(PlatformText.parse("windows/amd64")).orElseThrow())
                .contains("programs of windows/amd64 do not run on linux/amd64");
    }

    @Test
    void theProgramsThatAreTriedRunInTheirEmulators() throws Exception {
        Map<String, String> emulators = Map.of(
                "arm64", "aarch64",
                "arm", "arm",
                "riscv64", "riscv64",
                "ppc64le", "ppc64le",
                "s390x", "s390x",
                "mips64le", "mips64el",
                "amd64", "x86_64");
        assumeTrue(Files.exists(Path.of("/usr/bin/qemu-aarch64-static")), "needs qemu-user-static");

        for (Map.Entry<String, String> each : emulators.entrySet()) {
            Path file = Files.write(
                    binfmt.resolve(each.getKey()),
                    ProbeProgram.of(each.getKey()).orElseThrow().file());
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
            Process process = new ProcessBuilder("qemu-" + each.getValue() + "-static", file.toString())
                    .inheritIO()
                    .start();
            assertThat(process.waitFor()).as(each.getKey()).isZero();
        }
    }

    @Test
    void aProgramIsTriedInARootOfItsOwn() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        var trial = new ProgramTrial(new ProgramTrial.Places() {
            @Override
            public Path open() throws IOException {
                return Files.createDirectory(binfmt.resolve("root"));
            }

            @Override
            public void close(Path directory) throws IOException {
                Files.delete(directory.resolve("probe"));
                Files.delete(directory);
            }
        });
        String own = Platform.linux(System.getProperty("os.arch")).architecture();

        assertThat(trial.succeeds(ProbeProgram.of(own).orElseThrow())).isTrue();
        assertThat(trial.succeeds(
                        ProbeProgram.of(own.equals("s390x") ? "amd64" : "s390x").orElseThrow()))
                .isFalse();
        assertThat(binfmt).isEmptyDirectory();
    }

    /// Where nothing can be tried.
    private final class Nowhere implements ProgramTrial.Places {
        @Override
        public Path open() throws IOException {
            return Files.createDirectory(binfmt.resolve("nothing-runs-here"));
        }

        @Override
        public void close(Path directory) throws IOException {
            Files.delete(directory.resolve("probe"));
            Files.delete(directory);
        }
    }
}
