package dev.longshore.kubelet.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Taint;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KubeletConfigurationTest {

    private static final String HEAD = """
            apiVersion: kubelet.config.k8s.io/v1beta1
            kind: KubeletConfiguration
            """;

    @Test
    void whatNobodySetsIsAsTheOriginalHasIt() {
        var configuration = KubeletConfiguration.parse(HEAD);

        assertThat(configuration.count("maxPods")).isEqualTo(110);
        assertThat(configuration.duration("evictionPressureTransitionPeriod")).isEqualTo(Duration.ofMinutes(5));
        assertThat(configuration.map("evictionHard"))
                .isEqualTo(Map.of(
                        "memory.available", "100Mi",
                        "nodefs.available", "10%",
                        "nodefs.inodesFree", "5%",
                        "imagefs.available", "15%",
                        "imagefs.inodesFree", "5%"));
        assertThat(configuration.texts("enforceNodeAllocatable")).containsExactly("pods");
        assertThat(configuration.flag("authentication.anonymous.enabled")).isFalse();
        assertThat(configuration.flag("authentication.webhook.enabled")).isTrue();
    }

    @Test
    void thresholdsOfTheUsersOwnStandAloneUnlessTheyAreToBeMerged() {
        var own = KubeletConfiguration.parse(HEAD + "evictionHard: {memory.available: 1Gi}\n");
        var merged = KubeletConfiguration.parse(
                HEAD + "evictionHard: {memory.available: 1Gi}\nmergeDefaultEvictionSettings: true\n");

        assertThat(own.thresholds())
                .extracting(EvictionThreshold::signal)
                .containsExactly("memory.available", "allocatableMemory.available");
        assertThat(KubeletConfiguration.parse(
                                HEAD + "evictionHard: {memory.available: 1Gi}\nenforceNodeAllocatable: [none]\n")
                        .thresholds())
                .hasSize(1);
        assertThat(merged.map("evictionHard")).hasSize(5).containsEntry("memory.available", "1Gi");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "maxPodz: 5 | strict decoding error: unknown field \"maxPodz\"",
                "authentication: {anonymous: {enable: true}} | unknown field \"authentication.anonymous.enable\"",
                "maxPods: many | field \"maxPods\": want integer, not \"many\"",
                "imageMinimumGCAge: 120 | field \"imageMinimumGCAge\": want duration, as \"1m30s\", not 120",
                "imageMinimumGCAge: soon | field \"imageMinimumGCAge\": time: invalid duration \"soon\"",
                "imageGCHighThresholdPercent: 101 | must be between 0 and 100, inclusive",
                "imageGCHighThresholdPercent: 70 | imageGCLowThresholdPercent 80 must be less than",
                "evictionHard: {memory.free: 1Gi} | unsupported eviction signal memory.free in evictionHard",
                "evictionHard: {memory.available: '101%'} | must be >= 0% and <= 100%: 101%",
                "evictionHard: {memory.available: '0'} | eviction threshold must be positive: 0",
                "evictionSoft: {memory.available: 1Gi} | grace period must be specified for the soft eviction",
                "containerLogMaxFiles: 1 | containerLogMaxFiles 1 must be between 2",
                "cpuManagerPolicy: static | cpuManagerPolicy static needs a CPU that is reserved",
                "reservedSystemCPUs: 3-1 | unable to parse reservedSystemCPUs 3-1",
                "enforceNodeAllocatable: [all] | option \"all\" specified for enforceNodeAllocatable",
                "enforceNodeAllocatable: [kube-reserved] | kubeReservedCgroup must be specified",
                "systemReserved: {gpu: '1'} | cannot reserve \"gpu\" resource in systemReserved",
                "cpuCFSQuotaPeriod: 10ms | requires feature gate CustomCPUCFSQuotaPeriod",
                "shutdownGracePeriodCriticalPods: 5s | shutdownGracePeriodCriticalPods 5s must be <= shutdownGracePeriod 0s",
                "shutdownGracePeriod: 500ms | shutdownGracePeriod 500ms must be either zero or otherwise >= 1 sec",
                "shutdownGracePeriodByPodPriority: [{prio: 1}] | {\"prio\":1} is not {priority: N,",
                "topologyManagerPolicy: numa | topologyManagerPolicy \"numa\" must be one of",
            })
    void whatIsWrongIsNamed(String line, String message) {
        assertThatThrownBy(() -> KubeletConfiguration.parse(HEAD + line))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(message);
    }

    @Test
    void anotherKindOrVersionIsRefused() {
        assertThatThrownBy(() -> KubeletConfiguration.parse("apiVersion: v1\nkind: ConfigMap\n"))
                .hasMessage("no kind \"ConfigMap\" is registered for version \"v1\": it must be kind"
                        + " KubeletConfiguration of apiVersion kubelet.config.k8s.io/v1beta1");
    }

    @Test
    void theDocumentHasEveryDefaultAndCanBeReadAgain() {
        var configuration =
                KubeletConfiguration.parse(HEAD + "imageMinimumGCAge: 90s\nfeatureGates: {NodeSwap: true}\n");

        var document = configuration.document();

        assertThat(document.path("imageMinimumGCAge").asString()).isEqualTo("1m30s");
        assertThat(document.path("shutdownGracePeriod").asString()).isEqualTo("0s");
        assertThat(document.path("authentication")
                        .path("webhook")
                        .path("cacheTTL")
                        .asString())
                .isEqualTo("2m0s");
        assertThat(document.path("authentication").path("x509").isObject()).isTrue();
        assertThat(document.path("maxPods").asInt()).isEqualTo(110);
        assertThat(document.has("providerID")).isFalse();
        assertThat(KubeletConfiguration.parse(document.toString()).document()).isEqualTo(document);
    }

    @Test
    void whatTheProgramDecidesGoesOverIt() {
        var configuration = KubeletConfiguration.usual().with("port", 12_345).with("clusterDomain", "here.local");

        assertThat(configuration.count("port")).isEqualTo(12_345);
        assertThat(configuration.document().path("clusterDomain").asString()).isEqualTo("here.local");
        assertThat(KubeletConfiguration.usual().count("port")).isEqualTo(10_250);
    }

    @Test
    void reportsAreAsRareAsLooksWhenOnlyTheseAreSet() {
        assertThat(KubeletConfiguration.parse(HEAD + "nodeStatusUpdateFrequency: 20s\n")
                        .duration("nodeStatusReportFrequency"))
                .isEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void softThresholdsHaveTheirGraceAndWhatMustComeFree() {
        var soft = KubeletConfiguration.parse(HEAD + """
                evictionHard: {}
                evictionSoft: {nodefs.available: "20%"}
                evictionSoftGracePeriod: {nodefs.available: 1m30s}
                evictionMinimumReclaim: {nodefs.available: 500Mi}
                """).thresholds().getFirst();

        assertThat(soft.isHard()).isFalse();
        assertThat(soft.grace()).isEqualTo(Duration.ofSeconds(90));
        assertThat(soft.value().of(1000)).isEqualTo(200);
        assertThat(soft.reclaim().orElseThrow().of(0)).isEqualTo(500L << 20);
    }

    @Test
    void taintsAreThoseThatTheNodeRegistersWith() {
        assertThat(KubeletConfiguration.parse(HEAD + "registerWithTaints: [{key: a, value: b, effect: NoSchedule}]\n")
                        .taints())
                .containsExactly(new Taint("NoSchedule", "a", null, "b"));
    }

    @Test
    void saysWhatIsSetInVain() {
        assertThat(KubeletConfiguration.parse(HEAD + "kubeAPIQPS: 7\nmaxPods: 7\n")
                        .unused())
                .containsExactly("kubeAPIQPS");
    }
}
