package dev.longshore.runtime.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.runtime.RuntimeFaultException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class SeccompProfileTest {

    private static Set<String> calls(Set<Capability> granted, String action) {
        var names = new TreeSet<String>();
        for (JsonNode rule : SeccompProfile.of("RuntimeDefault", false, granted)
                .orElseThrow()
                .path("syscalls")) {
            if (rule.path("action").asString().equals(action)
                    && rule.path("args").isEmpty()) {
                rule.path("names").forEach(name -> names.add(name.asString()));
            }
        }
        return names;
    }

    @Test
    void whatIsNotKnownIsSaidToBeMissing() {
        JsonNode profile = SeccompProfile.of("", false, Capability.DEFAULT).orElseThrow();

        assertThat(profile.path("defaultAction").asString()).isEqualTo("SCMP_ACT_ERRNO");
        assertThat(profile.path("defaultErrnoRet").asInt()).isEqualTo(38);
    }

    @Test
    void aCapabilityBringsItsCalls() {
        assertThat(calls(Capability.DEFAULT, "SCMP_ACT_ALLOW"))
                .contains("read", "openat2", "ptrace", "chroot", "mknod")
                .doesNotContain("mount", "bpf", "keyctl", "unshare", "open_by_handle_at", "clone", "clone3");
        assertThat(calls(EnumSet.of(Capability.SYS_ADMIN), "SCMP_ACT_ALLOW"))
                .contains("mount", "unshare", "clone", "clone3")
                .doesNotContain("chroot", "init_module", "keyctl");
        assertThat(calls(EnumSet.of(Capability.SYS_MODULE), "SCMP_ACT_ALLOW"))
                .contains("init_module")
                .doesNotContain("mount");
    }

    @Test
    void noCallIsBothAllowedAndDenied() {
        for (Set<Capability> granted : List.<Set<Capability>>of(
                EnumSet.noneOf(Capability.class), Capability.DEFAULT, EnumSet.allOf(Capability.class))) {
            assertThat(calls(granted, "SCMP_ACT_ALLOW")).doesNotContainAnyElementsOf(calls(granted, "SCMP_ACT_ERRNO"));
        }
    }

    @Test
    void aNodesOwnProfileIsTakenAsItIsWithoutWhatOnlyOthersKnow(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("audit.json"), """
                {"defaultAction":"SCMP_ACT_LOG","archMap":[],
                 "syscalls":[{"names":["mkdir"],"action":"SCMP_ACT_ERRNO","errnoRet":13}]}
                """);

        JsonNode profile =
                SeccompProfile.of(file.toString(), false, Capability.DEFAULT).orElseThrow();

        assertThat(profile.path("defaultAction").asString()).isEqualTo("SCMP_ACT_LOG");
        assertThat(profile.has("archMap")).isFalse();
        assertThat(profile.path("syscalls").size()).isEqualTo(1);
    }

    @Test
    void aProfileThatIsNoneIsRefused(@TempDir Path directory) throws Exception {
        Path none = directory.resolve("none.json");
        Path list = Files.writeString(directory.resolve("list.json"), "[]");

        assertThatThrownBy(() -> SeccompProfile.of(none.toString(), false, Capability.DEFAULT))
                .isInstanceOf(RuntimeFaultException.class)
                .hasMessage(
                        "cannot load seccomp profile \"%s\": open %s: no such file or directory".formatted(none, none));
        assertThatThrownBy(() -> SeccompProfile.of(list.toString(), false, Capability.DEFAULT))
                .hasMessageContaining("it has no defaultAction");
    }
}
