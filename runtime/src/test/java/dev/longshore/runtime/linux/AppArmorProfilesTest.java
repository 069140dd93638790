package dev.longshore.runtime.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Json;
import dev.longshore.linux.RecordingCommands;
import dev.longshore.runtime.ContainerSecurity;
import dev.longshore.runtime.RuntimeFaultException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// On a kernel as it shows itself by files: no kernel that enforces a profile was ever seen.
class AppArmorProfilesTest {

    @TempDir
    Path root;

    private final RecordingCommands commands = new RecordingCommands();

    private Optional<String> profile(String wanted, boolean privileged) throws InterruptedException {
        var security = ContainerSecurity.DEFAULT;
        var asked = new ContainerSecurity(
                security.user(),
                security.group(),
                List.of(),
                false,
                privileged,
                false,
                true,
                List.of(),
                List.of(),
                "RuntimeDefault",
                false,
                wanted);
        return Optional.of(new AppArmorProfiles(root, commands)
                        .into(Json.object(), asked)
                        .path("process")
                        .path("apparmorProfile")
                        .asString(""))
                .filter(name -> !name.isEmpty());
    }

    private void kernelWith(String... profiles) throws IOException {
        write("sys/module/apparmor/parameters/enabled", "Y\n");
        write("sys/kernel/security/apparmor/profiles", String.join("", profiles));
        write("sbin/apparmor_parser", "");
    }

    private void write(String file, String text) throws IOException {
        Path target = root.resolve(file);
        Files.createDirectories(target.getParent());
        Files.writeString(target, text);
    }

    @Test
    void whereTheKernelHasNoneNobodyGetsOneAndWhoAsksIsRefused() throws Exception {
        assertThat(profile("", false)).isEmpty();
        assertThat(profile("Unconfined", false)).isEmpty();
        for (String wanted : List.of("RuntimeDefault", "localhost/mine")) {
            assertThatThrownBy(() -> profile(wanted, false))
                    .isInstanceOf(RuntimeFaultException.class)
                    .hasMessage("apparmor is not supported");
        }
    }

    @Test
    void whoNamesNoneGetsTheRuntimesOwnWhichIsLoadedOnce() throws Exception {
        kernelWith();

        assertThat(profile("", false)).hasValue("longshore-default");
        assertThat(commands.lines()).containsExactly(root.resolve("sbin/apparmor_parser") + " -Kr");
        assertThat(new String(commands.commands().getFirst().input(), StandardCharsets.UTF_8))
                .contains("profile longshore-default ", "deny mount,");

        kernelWith("longshore-default (enforce)\n");
        assertThat(profile("RuntimeDefault", false)).hasValue("longshore-default");
        assertThat(commands.lines()).hasSize(1);
    }

    @Test
    void aProfileOfTheNodesMustBeLoaded() throws Exception {
        kernelWith("my profile (enforce)\n", "mine (complain)\n");

        assertThat(profile("localhost/mine", false)).hasValue("mine");
        assertThat(profile("localhost/my profile", true)).hasValue("my profile");
        assertThatThrownBy(() -> profile("localhost/my", false)).hasMessage("apparmor profile not found my");
    }

    @Test
    void whoIsPrivilegedOrUnconfinedGetsNone() throws Exception {
        kernelWith();

        assertThat(profile("", true)).isEmpty();
        assertThat(profile("RuntimeDefault", true)).isEmpty();
        assertThat(profile("Unconfined", false)).isEmpty();
        assertThat(commands.lines()).isEmpty();
    }
}
