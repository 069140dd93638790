package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Admission;
import dev.longshore.model.Call;
import dev.longshore.model.FaultException;
import dev.longshore.model.Resource;
import dev.longshore.model.UserInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdmissionTest {

    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: web, namespace: default}
            spec: {containers: [{name: a, image: b%s}]%s}
            """;

    private final Cluster cluster = new Cluster();
    private final List<Admission> admissions = Admissions.all(cluster.context);

    @BeforeEach
    void plant() {
        new SeedObjects(cluster.context, cluster.registry, 6443).plant();
        cluster.create("{apiVersion: v1, kind: ServiceAccount, metadata: {name: default, namespace: default}}");
    }

    private Resource admit(String yaml) {
        return admit(cluster.call, Admission.Operation.CREATE, "", cluster.read(yaml), Optional.empty());
    }

    private Resource admit(
            Call call, Admission.Operation operation, String subresource, Resource object, Optional<Resource> old) {
        var attempt = new Admission.Attempt(
                call,
                operation,
                cluster.kindOf(object).resource(),
                object.kind(),
                subresource,
                object.namespace(),
                object.name(),
                Optional.of(object),
                old);
        admissions.forEach(admission -> admission.mutate(attempt, cluster.registry));
        admissions.forEach(admission -> admission.validate(attempt, cluster.registry));
        return object;
    }

    private static String pod(String container, String spec) {
        return POD.formatted(container, spec);
    }

    @Test
    void podsGetTheTokenOfTheirAccount() {
        Resource pod = admit(pod("", ""));

        String volume = Trees.text(Trees.list(pod.tree(), "spec", "volumes").getFirst(), "name");
        assertThat(pod.text("spec", "serviceAccountName")).isEqualTo("default");
        assertThat(volume).matches("kube-api-access-[a-z0-9]{5}");
        assertThat(pod.at("spec", "containers").get(0).path("volumeMounts").toString())
                .isEqualTo("[{\"name\":\"" + volume + "\",\"readOnly\":true,\"mountPath\":"
                        + "\"/var/run/secrets/kubernetes.io/serviceaccount\"}]");
        assertThat(pod.at("spec", "volumes").get(0).path("projected").path("sources"))
                .hasSize(3);
        assertThat(cluster.faults(pod.tree().toString())).isEmpty();
    }

    @Test
    void podsGetTheOverheadOfTheirClassAndNoOther() {
        cluster.create("""
                apiVersion: node.k8s.io/v1
                kind: RuntimeClass
                metadata: {name: boxed}
                handler: box
                overhead: {podFixed: {cpu: 10m}}
                """);

        assertThat(admit(pod("", ", runtimeClassName: boxed")).text("spec", "overhead", "cpu"))
                .isEqualTo("10m");
        assertThatThrownBy(() -> admit(pod("", ", runtimeClassName: boxed, overhead: {cpu: 20m}")))
                .hasMessageEndingWith("pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
        assertThatThrownBy(() -> admit(pod("", ", overhead: {cpu: 20m}")))
                .hasMessageEndingWith(
                        "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead");
        assertThatThrownBy(() -> admit(pod("", ", runtimeClassName: nosuch")))
                .hasMessageEndingWith("pod rejected: RuntimeClass \"nosuch\" not found");
    }

    @Test
    void podsMayGoWithoutToken() {
        assertThat(admit(pod("", ", automountServiceAccountToken: false"))
                        .at("spec", "volumes")
                        .isMissingNode())
                .isTrue();
    }

    @Test
    void podsNeedAnAccountThatExists() {
        assertThatThrownBy(() -> admit(pod("", ", serviceAccountName: nobody")))
                .hasMessage("pods \"web\" is forbidden: error looking up service account default/nobody: serviceaccount"
                        + " \"nobody\" not found");
    }

    @Test
    void podsGetPriorityAndTolerations() {
        Resource pod = admit(pod("", ", priorityClassName: system-node-critical"));

        assertThat(pod.at("spec", "priority").asLong()).isEqualTo(2_000_001_000L);
        assertThat(pod.text("spec", "preemptionPolicy")).isEqualTo("PreemptLowerPriority");
        assertThat(Trees.list(pod.tree(), "spec", "tolerations"))
                .extracting(toleration -> Trees.text(toleration, "key"))
                .containsExactly("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable");
    }

    @Test
    void unknownPrioritiesAreRefused() {
        assertThatThrownBy(() -> admit(pod("", ", priorityClassName: high")))
                .hasMessage("pods \"web\" is forbidden: no PriorityClass with name high was found");
    }

    @Test
    void onePriorityIsForAllAtMost() {
        String wanted = "{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: %s}, value: 1,"
                + " globalDefault: true}";
        admit(wanted.formatted("first"));
        Resource first = cluster.create(wanted.formatted("first"));
        admit(cluster.call, Admission.Operation.UPDATE, "", first, Optional.of(first));
        assertThatThrownBy(() -> admit(wanted.formatted("second")))
                .hasMessage("priorityclasses.scheduling.k8s.io \"second\" is forbidden: PriorityClass first is already"
                        + " marked as default. Only one default can exist");
    }

    @Test
    void nothingNewWhereNoNamespaceIs() {
        assertThatThrownBy(() -> admit("{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: gone}}"))
                .hasMessage("namespaces \"gone\" not found");
    }

    @Test
    void nothingNewInANamespaceThatGoes() {
        cluster.registry.change(cluster.kind("v1", "Namespace").resource(), "", "kube-public", namespace -> {
            namespace.metadata().put("deletionTimestamp", "2026-01-01T00:00:00Z");
            return namespace;
        });
        assertThatThrownBy(
                        () -> admit("{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: kube-public}}"))
                .hasMessage(
                        "configmaps \"a\" is forbidden: unable to create new content in namespace kube-public because"
                                + " it is being terminated");
    }

    @Test
    void limitsFillInAndRefuse() {
        cluster.create("""
                apiVersion: v1
                kind: LimitRange
                metadata: {name: limits, namespace: default}
                spec: {limits: [{type: Container, max: {cpu: "2"}, default: {cpu: 500m}}]}
                """);

        Resource pod = admit(pod("", ""));
        assertThat(pod.at("spec", "containers").get(0).path("resources").toString())
                .isEqualTo("{\"limits\":{\"cpu\":\"500m\"},\"requests\":{\"cpu\":\"500m\"}}");
        assertThatThrownBy(() -> admit(pod(", resources: {limits: {cpu: 3}}", "")))
                .hasMessage("pods \"web\" is forbidden: maximum cpu usage per Container is 2, but limit is 3");
    }

    @Test
    void quotasRefuseTheOneTooMany() {
        cluster.create("""
                apiVersion: v1
                kind: ResourceQuota
                metadata: {name: quota, namespace: default}
                spec: {hard: {pods: 1, requests.cpu: "1"}}
                """);
        String modest = pod(", resources: {requests: {cpu: 600m}}", "");

        assertThatCode(() -> cluster.registry.put(admit(modest))).doesNotThrowAnyException();
        assertThatThrownBy(() -> admit(modest.replace("name: web", "name: two")))
                .hasMessage(
                        "pods \"two\" is forbidden: exceeded quota: quota, requested: pods=1,requests.cpu=600m, used:"
                                + " pods=1,requests.cpu=600m, limited: pods=1,requests.cpu=1");
        assertThatThrownBy(() -> admit(pod("", "").replace("name: web", "name: three")))
                .hasMessage("pods \"three\" is forbidden: failed quota: quota: must specify requests.cpu for: a");
        assertThat(cluster.registry
                        .get(cluster.kind("v1", "ResourceQuota").resource(), "default", "quota")
                        .orElseThrow()
                        .at("status", "used")
                        .toString())
                .isEqualTo("{\"pods\":\"1\",\"requests.cpu\":\"600m\"}");
    }

    @Test
    void ofManyCreatesAtOnceOnlyAsManyPassAsAQuotaHolds() throws InterruptedException {
        cluster.create("""
                apiVersion: v1
                kind: ResourceQuota
                metadata: {name: quota, namespace: default}
                spec: {hard: {configmaps: 5}}
                """);
        var passed = new AtomicInteger();
        var start = new CountDownLatch(1);
        var writers = new ArrayList<Thread>();
        for (int i = 0; i < 40; i++) {
            String map = "{apiVersion: v1, kind: ConfigMap, metadata: {name: m" + i + ", namespace: default}}";
            writers.add(Thread.ofVirtual().start(() -> {
                try {
                    start.await();
                    admit(map);
                    passed.incrementAndGet();
                } catch (FaultException full) {
                    assertThat(full).hasMessageContaining("exceeded quota: quota, requested: configmaps=1");
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                }
            }));
        }
        start.countDown();
        for (Thread writer : writers) {
            writer.join();
        }

        assertThat(passed).hasValue(5);
        assertThat(usage("quota")).isEqualTo("{\"configmaps\":\"5\"}");
    }

    @Test
    void aNewQuotaCountsWhatIsThereAlready() {
        cluster.registry.put(
                cluster.create("{apiVersion: v1, kind: ConfigMap, metadata: {name: old, namespace: default}}"));
        cluster.create("""
                apiVersion: v1
                kind: ResourceQuota
                metadata: {name: quota, namespace: default}
                spec: {hard: {configmaps: 2, secrets: 1, count/deployments.apps: 3}}
                """);

        admit("{apiVersion: v1, kind: ConfigMap, metadata: {name: one, namespace: default}}");

        assertThat(usage("quota"))
                .isEqualTo("{\"configmaps\":\"2\",\"secrets\":\"0\",\"count/deployments.apps\":\"0\"}");
        assertThatThrownBy(() -> admit("{apiVersion: v1, kind: ConfigMap, metadata: {name: two, namespace: default}}"))
                .hasMessageContaining("used: configmaps=2, limited: configmaps=2");
    }

    private String usage(String quota) {
        return cluster.registry
                .get(cluster.kind("v1", "ResourceQuota").resource(), "default", quota)
                .orElseThrow()
                .at("status", "used")
                .toString();
    }

    @Test
    void claimsGetTheDefaultClass() {
        cluster.create("""
                apiVersion: storage.k8s.io/v1
                kind: StorageClass
                metadata: {name: standard, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}
                provisioner: example.com/disk
                """);
        String claim = """
                apiVersion: v1
                kind: PersistentVolumeClaim
                metadata: {name: data, namespace: default}
                spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}%s}
                """;

        assertThat(admit(claim.formatted("")).text("spec", "storageClassName")).isEqualTo("standard");
        assertThat(admit(claim.formatted(", storageClassName: \"\"")).text("spec", "storageClassName"))
                .isEmpty();
    }

    @Test
    void nodesWriteThemselvesOnly() {
        var call = new Call(UserInfo.of("system:node:n1", "system:nodes"), false, List.of());
        Resource mine = cluster.read("{apiVersion: v1, kind: Node, metadata: {name: n1}}");
        Resource other = cluster.read("{apiVersion: v1, kind: Node, metadata: {name: n2}}");

        assertThat(admit(call, Admission.Operation.CREATE, "", mine, Optional.empty())
                        .at("spec", "taints"))
                .hasSize(1);
        assertThatThrownBy(() -> admit(call, Admission.Operation.UPDATE, "status", other, Optional.of(other)))
                .hasMessage("nodes \"n2\" is forbidden: node \"n1\" is not allowed to modify node \"n2\"");
    }

    @Test
    void someNamespacesStay() {
        Resource namespace = cluster.read("{apiVersion: v1, kind: Namespace, metadata: {name: default}}");
        assertThatThrownBy(() -> admit(cluster.call, Admission.Operation.DELETE, "", namespace, Optional.of(namespace)))
                .hasMessage("namespaces \"default\" is forbidden: this namespace may not be deleted");
    }

    @Test
    void ofClaimsNodesSayHowTheyGrowAndNothingElse() {
        var call = new Call(UserInfo.of("system:node:n1", "system:nodes"), false, List.of());
        Resource claim = cluster.read("""
                apiVersion: v1
                kind: PersistentVolumeClaim
                metadata: {name: data, namespace: default}
                spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 2Gi}}}
                status: {phase: Bound, capacity: {storage: 1Gi}}
                """);
        Resource grown = claim.copy();
        grown.object("status").putObject("capacity").put("storage", "2Gi");
        Resource lost = claim.copy();
        lost.object("status").put("phase", "Lost");

        assertThatCode(() -> admit(call, Admission.Operation.UPDATE, "status", grown, Optional.of(claim)))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> admit(call, Admission.Operation.UPDATE, "status", lost, Optional.of(claim)))
                .hasMessageContaining("node \"n1\" is not allowed to update fields other than status.quantity and"
                        + " status.conditions");
        assertThatThrownBy(() -> admit(call, Admission.Operation.UPDATE, "", grown, Optional.of(claim)))
                .hasMessageContaining("may only update PVC status");
    }
}
