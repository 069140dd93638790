package dev.longshore.kinds.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Yaml;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Resource;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class QuotaUsageTest {

    private static final GroupResource SERVICES = new GroupResource("", "services");

    private final QuotaUsage usage = new QuotaUsage(Instant.parse("2026-01-01T00:01:00Z"));

    @Test
    void containersThatKeepRunningCountTogetherAndOneThatRunsBeforeOnlyIfItIsMore() {
        assertThat(pod("""
                spec:
                  overhead: {cpu: 10m}
                  initContainers:
                  - {name: first, resources: {requests: {cpu: 1, memory: 10Mi}}}
                  - {name: beside, restartPolicy: Always, resources: {requests: {cpu: 100m, memory: 20Mi}}}
                  - {name: second, resources: {requests: {cpu: 1}}}
                  containers:
                  - {name: main, resources: {requests: {cpu: 500m, memory: 30Mi}, limits: {cpu: 2}}}
                """))
                .containsEntry("requests.cpu", "1110m")
                .containsEntry("cpu", "1110m")
                .containsEntry("requests.memory", "50Mi")
                .containsEntry("limits.cpu", "2010m")
                .containsEntry("pods", "1")
                .containsEntry("count/pods", "1")
                .doesNotContainKey("limits.memory");
    }

    @Test
    void whatIsSaidForTheWholePodCountsInsteadOfItsContainers() {
        assertThat(pod("""
                spec:
                  resources: {requests: {cpu: 2}, limits: {memory: 1Gi}}
                  containers:
                  - {name: main, resources: {requests: {cpu: 500m, memory: 30Mi}, limits: {memory: 40Mi}}}
                """))
                .containsEntry("requests.cpu", "2")
                .containsEntry("requests.memory", "30Mi")
                .containsEntry("limits.memory", "1Gi");
    }

    @Test
    void whoIsBeingResizedCountsWithTheMostOfWhatIsAskedPromisedAndThere() {
        String pod = """
                spec:
                  containers:
                  - {name: main, resources: {requests: {cpu: 1, memory: 10Mi}}}
                status:
                  containerStatuses:
                  - {name: main, resources: {requests: {cpu: 200m, memory: 50Mi}}, allocatedResources: {cpu: 300m, memory: 20Mi}}
                """;

        assertThat(pod(pod)).containsEntry("requests.cpu", "1").containsEntry("requests.memory", "50Mi");
        assertThat(pod(pod + "  conditions: [{type: PodResizePending, status: 'True', reason: Infeasible}]\n"))
                .containsEntry("requests.cpu", "300m");
    }

    @Test
    void devicesAndLargePagesCountByTheirNames() {
        assertThat(pod("""
                spec:
                  containers:
                  - name: main
                    resources:
                      requests: {example.com/dongle: 3, hugepages-2Mi: 4Mi}
                      limits: {example.com/dongle: 3, hugepages-2Mi: 4Mi}
                """))
                .containsEntry("requests.example.com/dongle", "3")
                .containsEntry("hugepages-2Mi", "4Mi")
                .containsEntry("requests.hugepages-2Mi", "4Mi")
                .doesNotContainKey("limits.example.com/dongle")
                .doesNotContainKey("limits.hugepages-2Mi");
    }

    @Test
    void podsThatHaveEndedOrShouldHaveGoneCountAsObjectsOnly() {
        String deleted = """
                metadata: {deletionTimestamp: "2026-01-01T00:00:00Z", deletionGracePeriodSeconds: SECONDS}
                spec: {containers: [{name: main, resources: {requests: {cpu: 1}}}]}
                """;

        assertThat(pod("status: {phase: Failed}")).isEqualTo(Map.of("count/pods", "1"));
        assertThat(pod(deleted.replace("SECONDS", "30"))).isEqualTo(Map.of("count/pods", "1"));
        assertThat(pod(deleted.replace("SECONDS", "60"))).containsEntry("pods", "1");
    }

    @Test
    void portsOfServicesCountAsTheyWillBeAllocated() {
        String ports = "ports: [{port: 1, nodePort: 30001}, {port: 2}]";

        assertThat(of(SERVICES, "spec: {type: ClusterIP, %s}".formatted(ports)))
                .doesNotContainKeys("services.nodeports", "services.loadbalancers");
        assertThat(of(SERVICES, "spec: {type: NodePort, %s}".formatted(ports)))
                .containsEntry("services.nodeports", "2")
                .doesNotContainKey("services.loadbalancers");
        assertThat(of(SERVICES, "spec: {type: LoadBalancer, %s}".formatted(ports)))
                .containsEntry("services.nodeports", "2")
                .containsEntry("services.loadbalancers", "1");
        assertThat(of(
                        SERVICES,
                        "spec: {type: LoadBalancer, allocateLoadBalancerNodePorts: false, %s}".formatted(ports)))
                .containsEntry("services.nodeports", "1");
    }

    @Test
    void claimsCountByTheirClassInWholeBytesAndWithWhatTheirVolumeMayHaveGrownTo() {
        assertThat(of(Attempts.CLAIMS, """
                spec: {storageClassName: gold, resources: {requests: {storage: "1500m"}}}
                """))
                .containsEntry("persistentvolumeclaims", "1")
                .containsEntry("requests.storage", "2")
                .containsEntry("gold.storageclass.storage.k8s.io/requests.storage", "2")
                .containsEntry("gold.storageclass.storage.k8s.io/persistentvolumeclaims", "1");
        assertThat(of(Attempts.CLAIMS, """
                metadata: {annotations: {volume.beta.kubernetes.io/storage-class: old}}
                spec: {storageClassName: gold, resources: {requests: {storage: 1Gi}}}
                status: {allocatedResources: {storage: 2Gi}}
                """))
                .containsEntry("requests.storage", "2Gi")
                .containsEntry("old.storageclass.storage.k8s.io/requests.storage", "2Gi");
    }

    @Test
    void devicesOfClaimsCountByClassAtWorst() {
        assertThat(of(QuotaUsage.DEVICES, """
                spec:
                  devices:
                    requests:
                    - {name: a, exactly: {deviceClassName: gpu, allocationMode: ExactCount, count: 2}}
                    - name: b
                      firstAvailable:
                      - {name: x, deviceClassName: gpu, allocationMode: ExactCount, count: 1}
                      - {name: y, deviceClassName: gpu, allocationMode: ExactCount, count: 4}
                      - {name: z, deviceClassName: nic, allocationMode: All}
                """))
                .containsEntry("count/resourceclaims.resource.k8s.io", "1")
                .containsEntry("gpu.deviceclass.resource.k8s.io/devices", "6")
                .containsEntry("nic.deviceclass.resource.k8s.io/devices", "32");
    }

    @Test
    void scopesSayWhichPodsCount() {
        String named = "spec: {priorityClassName: high, containers: []}";
        String plain = "spec: {containers: []}";

        assertThat(counts("scopes: [PriorityClass]", named)).isTrue();
        assertThat(counts("scopes: [PriorityClass]", plain)).isFalse();
        assertThat(counts(priority("In", "[high, low]"), named)).isTrue();
        assertThat(counts(priority("In", "[low]"), named)).isFalse();
        assertThat(counts(priority("NotIn", "[low]"), plain)).isTrue();
        assertThat(counts(priority("DoesNotExist", "[]"), named)).isFalse();
        assertThat(counts("scopes: [Terminating]", "spec: {activeDeadlineSeconds: 0, containers: []}"))
                .isTrue();
        assertThat(counts("scopes: [Terminating, NotTerminating]", plain)).isFalse();
        assertThat(counts(
                        "scopes: [CrossNamespacePodAffinity]",
                        "spec: {affinity: {podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: "
                                + "[{weight: 1, podAffinityTerm: {topologyKey: zone, namespaceSelector: {}}}]}}}"))
                .isTrue();
        assertThat(counts(
                        "scopes: [CrossNamespacePodAffinity]",
                        "spec: {affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
                                + "[{topologyKey: zone}]}}}"))
                .isFalse();
    }

    @Test
    void claimsAreInScopesOfTheirAttributesOnlyAndOthersInNone() {
        Resource quota = resource("spec: {scopeSelector: {matchExpressions: "
                + "[{scopeName: VolumeAttributesClass, operator: In, values: [fast]}]}}");
        Resource target = resource("status: {modifyVolumeStatus: {targetVolumeAttributesClassName: fast}}");

        assertThat(QuotaUsage.concerns(quota, Attempts.CLAIMS, target)).isTrue();
        assertThat(QuotaUsage.concerns(quota, Attempts.CLAIMS, resource("spec: {volumeAttributesClassName: slow}")))
                .isFalse();
        assertThat(QuotaUsage.concerns(quota, SERVICES, resource("spec: {}"))).isFalse();
        assertThat(QuotaUsage.concerns(resource("spec: {scopes: [BestEffort]}"), Attempts.CLAIMS, target))
                .isFalse();
    }

    private static String priority(String operator, String values) {
        return "scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: %s, values: %s}]}"
                .formatted(operator, values);
    }

    private static boolean counts(String scopes, String pod) {
        return QuotaUsage.concerns(resource("spec: {%s}".formatted(scopes)), Attempts.PODS, resource(pod));
    }

    private Map<String, String> pod(String manifest) {
        return of(Attempts.PODS, manifest);
    }

    private Map<String, String> of(GroupResource resource, String manifest) {
        var shown = new TreeMap<String, String>();
        usage.of(resource, resource(manifest)).forEach((name, amount) -> shown.put(name, amount.toString()));
        return shown;
    }

    private static Resource resource(String manifest) {
        return new Resource((ObjectNode) Yaml.parse(manifest));
    }
}
