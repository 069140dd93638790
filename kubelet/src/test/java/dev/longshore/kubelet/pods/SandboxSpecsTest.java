package dev.longshore.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.runtime.SandboxSpec;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SandboxSpecsTest {

    @TempDir
    Path directory;

    private SandboxSpecs specs;

    @BeforeEach
    void make() throws IOException {
        Path resolv = Files.writeString(
                directory.resolve("resolv.conf"),
                "# mine\nnameserver 192.0.2.53\nsearch corp.example\noptions timeout:1\n");
        specs = new SandboxSpecs(
                new PodSettings(
                        "node-1",
                        directory,
                        directory.resolve("logs"),
                        List.of("192.0.2.1"),
                        List.of("10.96.0.10"),
                        "cluster.local",
                        1L << 30,
                        "longshore",
                        false),
                resolv);
    }

    @Test
    void asksTheClusterFirst() {
        SandboxSpec spec = specs.of(WorkersFixture.pod("web", "Always").build(), 0);

        assertThat(spec.dns())
                .isEqualTo(new SandboxSpec.DnsConfig(
                        List.of("10.96.0.10"),
                        List.of("default.svc.cluster.local", "svc.cluster.local", "cluster.local", "corp.example"),
                        List.of("ndots:5")));
        assertThat(spec.hostname()).isEqualTo("web");
        assertThat(spec.cgroupParent()).isEqualTo("kubepods/besteffort/poduid-web");
        assertThat(spec.logDirectory()).isEqualTo(directory.resolve("logs/default_web_uid-web"));
    }

    @Test
    void asksTheHostWhenThePodSharesItsNetwork() {
        SandboxSpec spec = specs.of(
                WorkersFixture.pod("web", "Always")
                        .editSpec()
                        .withHostNetwork(true)
                        .withDnsPolicy("ClusterFirst")
                        .endSpec()
                        .build(),
                0);

        assertThat(spec.dns().servers()).containsExactly("192.0.2.53");
        assertThat(spec.hostname()).isEqualTo("node-1");
    }

    @Test
    void letsThePodAddToWhatIsAsked() {
        SandboxSpec spec = specs.of(
                WorkersFixture.pod("web", "Always")
                        .editSpec()
                        .withNewDnsConfig()
                        .addToNameservers("192.0.2.54")
                        .addToSearches("more.example")
                        .addNewOption("ndots", "2")
                        .endDnsConfig()
                        .endSpec()
                        .build(),
                0);

        assertThat(spec.dns().servers()).containsExactly("10.96.0.10", "192.0.2.54");
        assertThat(spec.dns().searches()).endsWith("more.example");
        assertThat(spec.dns().options()).containsExactly("ndots:2");
    }

    @Test
    void leavesOutWhatResolversDoNotBearAndSaysSo() {
        var pod = WorkersFixture.pod("web", "Always")
                .editSpec()
                .withDnsPolicy("None")
                .withNewDnsConfig()
                .addToNameservers("192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4")
                .addToSearches("a.example", "x".repeat(254), "b.example")
                .endDnsConfig()
                .endSpec()
                .build();

        var plan = specs.dns().of(pod);

        assertThat(plan.config().servers()).containsExactly("192.0.2.1", "192.0.2.2", "192.0.2.3");
        assertThat(plan.config().searches()).containsExactly("a.example", "b.example");
        assertThat(plan.omissions())
                .containsExactly(
                        "Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: 192.0.2.1 192.0.2.2 192.0.2.3",
                        "Search Line limits were exceeded, some search paths have been omitted, the applied search line is: a.example b.example");
    }

    @Test
    void callsThePodByItsFullNameOnlyWhereThatFits() {
        var pod = WorkersFixture.pod("web", "Always")
                .editSpec()
                .withSubdomain("sub")
                .withSetHostnameAsFQDN(true)
                .endSpec();

        assertThat(specs.of(pod.build(), 0).hostname()).isEqualTo("web.sub.default.svc.cluster.local");
        assertThat(specs.shortName(pod.build())).isEqualTo("web");
        var tooLong = pod.editSpec().withHostname("w".repeat(40)).endSpec().build();
        assertThatThrownBy(() -> specs.of(tooLong, 0))
                .hasMessageContaining("is too long (64 characters is the max, 70 characters requested)");
    }

    @Test
    void mapsHostPortsAndReckonsClasses() {
        var container = new ContainerBuilder(WorkersFixture.container("main"))
                .addNewPort()
                .withContainerPort(80)
                .withHostPort(8080)
                .endPort()
                .withNewResources()
                .addToLimits("cpu", new Quantity("500m"))
                .addToLimits("memory", new Quantity("64Mi"))
                .endResources()
                .build();
        var pod = WorkersFixture.pod("web", "Always", container).build();

        SandboxSpec spec = specs.of(pod, 0);

        assertThat(spec.portMappings())
                .containsExactly(new SandboxSpec.PortMapping(8080, 80, "tcp", java.util.Optional.empty()));
        assertThat(Qos.classOf(pod)).isEqualTo("Guaranteed");
        assertThat(spec.cgroupParent()).isEqualTo("kubepods/poduid-web");
        var resources = Qos.of(pod, container, 1L << 30, ResourceSettings.USUAL);
        assertThat(resources.cpuShares()).hasValue(512);
        assertThat(resources.cpuQuotaMicros()).hasValue(50_000);
        assertThat(resources.memoryLimitBytes()).hasValue(64L << 20);
        assertThat(resources.oomScoreAdjust()).hasValue(-997);
    }
}
