package dev.longshore.builder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.longshore.builder.graph.PlatformText;
import dev.longshore.builder.stage.Wishes;
import dev.longshore.images.ImageConfig;
import dev.longshore.images.Platform;
import dev.longshore.images.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// `--platform`, of the build and of a stage.
class PlatformsTest {

    private static final Platform RISCV = PlatformText.parse("riscv64");

    private Workshop workshop;

    @BeforeEach
    void open() throws Exception {
        workshop = Workshop.quick();
    }

    @AfterEach
    void close() throws Exception {
        if (workshop != null) {
            workshop.close();
        }
    }

    @Test
    void whatIsMadeHereForAnotherPlatformSaysSo() throws Exception {
        workshop.dockerfile("""
                FROM --platform=$BUILDPLATFORM longshore.local/busybox AS build
                ARG TARGETARCH TARGETPLATFORM BUILDPLATFORM
                RUN echo "$BUILDPLATFORM makes $TARGETPLATFORM ($TARGETARCH)" > /made
                FROM scratch
                ARG TARGETOS
                COPY --from=build /made /
                LABEL os=$TARGETOS
                """);

        workshop.build("app", Wishes.NONE.withPlatform(RISCV));

        Platform here = workshop.images.images().platform();
        var image = workshop.images.images().get("app", RISCV);
        assertThat(image.config().platform()).isEqualTo(RISCV);
        assertThat(image.config().run().labels()).containsEntry("os", "linux");
        assertThat(workshop.content("app", "/made")).isEqualTo(here + " makes linux/riscv64 (riscv64)\n");
    }

    @Test
    void theVersionOfTheBaseSystemIsKept() throws Exception {
        var images = workshop.images.images();
        Platform here = images.platform();
        var platform = new Platform(here.os(), here.architecture(), here.variant(), Optional.of("10.0.20348.1"));
        try (var lease = workshop.images.content().leases().open()) {
            images.tag(Reference.parse("versioned:1"), images.assemble(ImageConfig.empty(platform), List.of(), lease));
        }
        workshop.dockerfile("FROM versioned:1\nCOPY Dockerfile /\n");

        workshop.build("app", Wishes.NONE);

        assertThat(images.get("app").config().platform().osVersion()).contains("10.0.20348.1");
    }

    @Test
    void aCommandThatNothingHereCanRunIsRefused() throws Exception {
        assumeFalse(
                Files.exists(Path.of("/proc/sys/fs/binfmt_misc/qemu-riscv64")), "this host emulates riscv64 itself");
        workshop.dockerfile("FROM scratch\nCOPY Dockerfile /\nRUN true\n");

        assertThatThrownBy(() -> workshop.build("app", Wishes.NONE.withPlatform(RISCV)))
                .hasMessageContaining("Dockerfile:3: programs of linux/riscv64 do not run on linux/amd64")
                .hasMessageContaining("qemu-riscv64");
    }

    @Test
    void aBaseImageOfAnotherPlatformIsNotTakenForOurs() throws Exception {
        workshop.dockerfile("FROM longshore.local/busybox\n");

        assertThatThrownBy(() -> workshop.build("app", Wishes.NONE.withPlatform(RISCV)))
                .hasMessageContaining("Dockerfile:1");
        assertThat(workshop.images.images().find("app")).isEmpty();
    }
}
