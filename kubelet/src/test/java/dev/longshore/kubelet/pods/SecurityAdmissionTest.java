package dev.longshore.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecurityAdmissionTest {

    private static final String BETA = "container.apparmor.security.beta.kubernetes.io/";

    private static Optional<String> refusal(String spec, String... allowedUnsafe) {
        return refusal(Path.of("/nonexistent"), pod(spec), allowedUnsafe);
    }

    private static Optional<String> refusal(Path host, Pod pod, String... allowedUnsafe) {
        var settings = new PodSettings(
                "node",
                Path.of("/kubelet"),
                Path.of("/logs"),
                List.of(),
                List.of(),
                "cluster.local",
                1,
                "longshore",
                false,
                PodRules.of(new SecuritySettings(List.of(allowedUnsafe), true)));
        return new SecurityAdmission(settings, host).admit(pod).map(no -> no.reason() + ": " + no.message());
    }

    private static Pod pod(String spec) {
        Pod read = Serialization.unmarshal(
                "{\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]," + spec + "}}", Pod.class);
        return new PodBuilder(read)
                .withNewMetadata()
                .withName("p")
                .endMetadata()
                .build();
    }

    private static String sysctl(String name) {
        return "\"securityContext\":{\"sysctls\":[{\"name\":\"%s\",\"value\":\"1\"}]}".formatted(name);
    }

    @Test
    void whatThisKubeletCannotDoIsRefused() {
        assertThat(refusal("\"hostUsers\":false")).isEmpty();
        assertThat(refusal("\"hostNetwork\":true,\"hostUsers\":false"))
                .contains("PodFeatureUnsupported: Pod requires node features that are not available:"
                        + " UserNamespacesHostNetworkSupport");
    }

    @Test
    void safeSysctlsAreForEverybody() {
        assertThat(refusal(sysctl("kernel.shm_rmid_forced"))).isEmpty();
        assertThat(refusal(sysctl("net/ipv4/tcp_rmem"))).isEmpty();
    }

    @Test
    void othersAreForbiddenUnlessTheNodesOwnerAllowsThem() {
        assertThat(refusal(sysctl("net.core.somaxconn")))
                .hasValue("SysctlForbidden: forbidden sysctl: \"net.core.somaxconn\" not allowlisted");
        assertThat(refusal(sysctl("net.core.somaxconn"), "net.core.*")).isEmpty();
        assertThat(refusal(sysctl("kernel.msgmax"), "kernel.msg*")).isEmpty();
        assertThat(refusal(sysctl("vm.swappiness"), "net.core.*"))
                .hasValue("SysctlForbidden: forbidden sysctl: \"vm.swappiness\" not allowlisted");
    }

    @Test
    void theHostsOwnAreForbiddenToWhoSharesThem() {
        assertThat(refusal("\"hostIPC\":true," + sysctl("kernel.shm_rmid_forced")))
                .hasValue("SysctlForbidden: forbidden sysctl: \"kernel.shm_rmid_forced\" not allowed with host IPC"
                        + " enabled");
        assertThat(refusal("\"hostNetwork\":true," + sysctl("net.ipv4.tcp_syncookies")))
                .hasValue("SysctlForbidden: forbidden sysctl: \"net.ipv4.tcp_syncookies\" not allowed with host Net"
                        + " enabled");
    }

    @Test
    void whatNoPodCanHaveForItselfCannotBeAllowed() {
        assertThatThrownBy(() -> new SecuritySettings(List.of("vm.*"), true))
                .hasMessage("the sysctls \"vm.\" are not known to be namespaced");
        assertThatThrownBy(() -> new SecuritySettings(List.of("net..core"), true))
                .hasMessageContaining("must have at most 253 characters");
    }

    @Test
    void aProfileThatTheKernelCannotEnforceKeepsThePodFromRunning() {
        String why = "AppArmor: Cannot enforce AppArmor: AppArmor is not enabled on the host";

        assertThat(refusal("\"securityContext\":{\"appArmorProfile\":{\"type\":\"RuntimeDefault\"}}"))
                .hasValue(why);
        assertThat(refusal("\"initContainers\":[{\"name\":\"i\",\"securityContext\":{\"appArmorProfile\":"
                        + "{\"type\":\"Localhost\",\"localhostProfile\":\"mine\"}}}]"))
                .hasValue(why);
        assertThat(refusal("\"securityContext\":{\"appArmorProfile\":{\"type\":\"Unconfined\"}}"))
                .isEmpty();
    }

    @Test
    void whereTheKernelHasAppArmorWhateverNamesAProfileIsTaken(@TempDir Path host) throws IOException {
        Files.createDirectories(host.resolve("sys/kernel/security/apparmor"));
        Path parameters = Files.createDirectories(host.resolve("sys/module/apparmor/parameters"));
        Pod annotated = pod("\"hostIPC\":false");
        annotated.getMetadata().setAnnotations(Map.of(BETA + "c", "localhost/mine"));
        Pod empty = pod("\"hostIPC\":false");
        empty.getMetadata().setAnnotations(Map.of(BETA + "c", "localhost/ "));
        Pod byDefault = pod("\"securityContext\":{\"appArmorProfile\":{\"type\":\"RuntimeDefault\"}}");

        Files.writeString(parameters.resolve("enabled"), "N\n");
        assertThat(refusal(host, byDefault))
                .hasValue("AppArmor: Cannot enforce AppArmor: AppArmor is not enabled on the host");
        Files.writeString(parameters.resolve("enabled"), "Y\n");
        assertThat(refusal(host, byDefault)).isEmpty();
        assertThat(refusal(host, annotated)).isEmpty();
        assertThat(refusal(host, empty))
                .hasValueSatisfying(why -> assertThat(why)
                        .startsWith("AppArmor: Cannot enforce AppArmor: invalid empty AppArmor profile name: "));
    }

    /// On Linux the fields of the other system mean nothing, unless the pod says that it is one of that.
    @Test
    void theOtherSystemsOptionsAreNoReasonByThemselves() {
        String options = "\"hostNetwork\":true,\"securityContext\":{\"windowsOptions\":{\"hostProcess\":true}}";

        assertThat(refusal(options)).isEmpty();
        assertThat(refusal(options + ",\"os\":{\"name\":\"windows\"}"))
                .hasValue("PodOSNotSupported: Failed to admit pod as the OS field doesn't match node OS");
    }

    @Test
    void podsOfOtherSystemsAreRefused() {
        assertThat(refusal("\"os\":{\"name\":\"windows\"}"))
                .hasValue("PodOSNotSupported: Failed to admit pod as the OS field doesn't match node OS");
        assertThat(refusal("\"os\":{\"name\":\"linux\"}")).isEmpty();
    }
}
