package dev.longshore.journeys;

import static dev.longshore.journeys.HelloApplication.PATIENCE;
import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.NodeRuntimeHandler;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.node.v1.RuntimeClass;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What real containers find around them: variables, arguments, names, hosts files, the host's namespaces. All pods
/// begin together.
@Order(5)
@Tag(ContainerJourneys.TAG)
@ExtendWith(SharedCluster.class)
class PodWorldJourneyTest {

    private static final String SETTINGS = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: settings}
            data: {one: "1", two: "2"}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: secrets}
            stringData: {one: s1, two: s2}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: known-one}
            spec: {ports: [{port: 8765}]}
            """;

    private static final String VARIABLES = """
            apiVersion: v1
            kind: Pod
            metadata: {name: variables}
            spec:
              restartPolicy: Never
              volumes: [{name: w, emptyDir: {}}]
              containers:
              - name: env
                BUSYBOX
                command: [env]
                envFrom:
                - {configMapRef: {name: settings}, prefix: "1-odd.@"}
                - {configMapRef: {name: settings}}
                - {secretRef: {name: secrets}, prefix: "9 s%"}
                env:
                - {name: OF_MAP, valueFrom: {configMapKeyRef: {name: settings, key: two}}}
                - {name: OF_SECRET, valueFrom: {secretKeyRef: {name: secrets, key: two}}}
                - {name: LEFT_OUT, valueFrom: {secretKeyRef: {name: nosuch, key: two, optional: true}}}
                - {name: FOO, value: foo}
                - {name: COMPOSED, value: "$(FOO);;$(OF_MAP) $$(FOO) $(NOBODY)"}
                - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
                - {name: POD_NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
                - {name: POD_UID, valueFrom: {fieldRef: {fieldPath: metadata.uid}}}
                - {name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
                - {name: HOST_IP, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}
                - {name: HOST_IPS, valueFrom: {fieldRef: {fieldPath: status.hostIPs}}}
                - {name: CPU_LIMIT, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: 1m}}}
                - {name: MEMORY_REQUEST, valueFrom: {resourceFieldRef: {resource: requests.memory, divisor: 1Mi}}}
                resources: {requests: {cpu: 10m, memory: 20Mi}, limits: {cpu: 1200m, memory: 64Mi}}
              - name: unlimited
                BUSYBOX
                command: [sh, -c, 'echo "$(CPU) $(MEMORY)"']
                env:
                - {name: CPU, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: 1m}}}
                - {name: MEMORY, valueFrom: {resourceFieldRef: {resource: limits.memory}}}
              - name: words
                BUSYBOX
                command: [sh, -c, 'echo "$(FOO) and $0"']
                args: ["$(FOO)-as-argument"]
                env: [{name: FOO, value: foo}]
              - name: path
                BUSYBOX
                command: [sh, -c, "echo here > /mine/file; ls /all"]
                env: [{name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]
                volumeMounts: [{name: w, mountPath: /mine, subPathExpr: $(POD_NAME)-x}, {name: w, mountPath: /all}]
              - {name: neither, image: "defaults:1", imagePullPolicy: IfNotPresent}
              - {name: args, image: "defaults:1", imagePullPolicy: IfNotPresent, args: [of, the, pod]}
              - {name: command, image: "defaults:1", imagePullPolicy: IfNotPresent, command: [/bin/echo, own]}
              - {name: both, image: "defaults:1", imagePullPolicy: IfNotPresent, command: [/bin/echo, own], args: [words]}
            """;

    private static final String NAMES = """
            apiVersion: v1
            kind: Pod
            metadata: {name: named}
            spec:
              terminationGracePeriodSeconds: 1
              hostname: custom
              subdomain: sub
              setHostnameAsFQDN: true
              shareProcessNamespace: true
              dnsPolicy: None
              dnsConfig: {nameservers: [192.0.2.53], searches: [one.example, two.example], options: [{name: ndots, value: "3"}, {name: rotate}]}
              hostAliases: [{ip: 192.0.2.9, hostnames: [nine.example, neuf.example]}]
              volumes: [{name: hosts, hostPath: {path: /etc/hosts, type: File}}]
              containers:
              - {name: main, BUSYBOX, command: [sleep, "1111"]}
              - {name: other, BUSYBOX, command: [sleep, "2222"], volumeMounts: [{name: hosts, mountPath: /etc/hosts}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: hostly}
            spec:
              terminationGracePeriodSeconds: 1
              hostNetwork: true
              hostPID: true
              hostIPC: true
              dnsPolicy: ClusterFirstWithHostNet
              hostAliases: [{ip: 192.0.2.8, hostnames: [eight.example]}]
              containers:
              - {name: main, BUSYBOX, command: [sleep, "1000"]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: toolong}
            spec:
              terminationGracePeriodSeconds: 1
              hostname: a-name-of-some-forty-characters-no-less-1
              subdomain: sub
              setHostnameAsFQDN: true
              containers:
              - {name: main, BUSYBOX, command: [sleep, "1000"]}
            """;

    private static final String CLASSES = """
            apiVersion: node.k8s.io/v1
            kind: RuntimeClass
            metadata: {name: podworld-known}
            handler: crun
            overhead: {podFixed: {cpu: 10m, memory: 1Mi}}
            scheduling: {nodeSelector: {kubernetes.io/os: linux}}
            ---
            apiVersion: node.k8s.io/v1
            kind: RuntimeClass
            metadata: {name: podworld-unknown}
            handler: nosuch
            """;

    private static final String CLASSED = """
            apiVersion: v1
            kind: Pod
            metadata: {name: classed}
            spec:
              terminationGracePeriodSeconds: 1
              runtimeClassName: podworld-known
              containers:
              - {name: main, BUSYBOX, command: [sleep, "1000"]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: misclassed}
            spec:
              terminationGracePeriodSeconds: 1
              runtimeClassName: podworld-unknown
              containers:
              - {name: main, BUSYBOX, command: [sleep, "1000"]}
            """;

    private static LivePods pods;

    @BeforeAll
    static void begin(RunningCluster cluster, @TempDir Path context) throws IOException {
        Files.writeString(context.resolve("Dockerfile"), """
                FROM longshore.local/busybox
                ENTRYPOINT ["/bin/echo", "image"]
                CMD ["default", "words"]
                """);
        cluster.docker("build", "-t", "defaults:1", context.toString()).succeeded();
        pods = new LivePods(cluster, "podworld");
        pods.create(SETTINGS);
        pods.client()
                .load(new ByteArrayInputStream(CLASSES.getBytes(StandardCharsets.UTF_8)))
                .create();
        pods.create(VARIABLES + "---\n" + NAMES + "---\n" + CLASSED);
    }

    @AfterAll
    static void end() {
        pods.client().resources(RuntimeClass.class).withName("podworld-known").delete();
        pods.client().resources(RuntimeClass.class).withName("podworld-unknown").delete();
        pods.close();
    }

    @Test
    void variablesComeFromWhereTheyAreSaidTo() {
        Pod pod = pods.awaitPhase("variables", "Succeeded");
        var status = pod.getStatus();

        assertThat(pods.log("variables", "env").lines())
                .contains(
                        "1-odd.@one=1",
                        "one=1",
                        "9 s%two=s2",
                        "OF_MAP=2",
                        "OF_SECRET=s2",
                        "COMPOSED=foo;;2 $(FOO) $(NOBODY)",
                        "POD_NAME=variables",
                        "POD_NAMESPACE=podworld",
                        "POD_UID=" + pod.getMetadata().getUid(),
                        "HOST_IP=" + status.getHostIP(),
                        "HOST_IPS=" + status.getHostIPs().getFirst().getIp(),
                        "CPU_LIMIT=1200",
                        "MEMORY_REQUEST=20",
                        "KNOWN_ONE_SERVICE_PORT=8765")
                .noneMatch(line -> line.startsWith("LEFT_OUT"))
                .anyMatch(line -> line.matches("POD_IP=10\\..*"))
                .anyMatch(line -> line.startsWith("KNOWN_ONE_PORT_8765_TCP_ADDR="))
                .anyMatch(line -> line.startsWith("KUBERNETES_SERVICE_HOST="));
        var node = pods.client()
                .nodes()
                .withName(pod.getSpec().getNodeName())
                .get()
                .getStatus()
                .getAllocatable();
        String[] limits = pods.log("variables", "unlimited").strip().split(" ");
        assertThat(Long.parseLong(limits[0]))
                .isEqualTo(
                        node.get("cpu").getNumericalAmount().movePointRight(3).longValue());
        assertThat(Long.parseLong(limits[1]))
                .isEqualTo(node.get("memory").getNumericalAmount().longValue());
        assertThat(status.getQosClass()).isEqualTo("Burstable");
    }

    @Test
    void commandsAndArgumentsTakeThePlaceOfTheImages() {
        pods.awaitPhase("variables", "Succeeded");

        assertThat(pods.log("variables", "words")).isEqualTo("foo and foo-as-argument\n");
        assertThat(pods.log("variables", "path")).isEqualTo("variables-x\n");
        assertThat(pods.log("variables", "neither")).isEqualTo("image default words\n");
        assertThat(pods.log("variables", "args")).isEqualTo("image of the pod\n");
        assertThat(pods.log("variables", "command")).isEqualTo("own\n");
        assertThat(pods.log("variables", "both")).isEqualTo("own words\n");
    }

    @Test
    void keysThatAreEmptyAreRefused() {
        assertThatThrownBy(() -> pods.create("""
                        apiVersion: v1
                        kind: ConfigMap
                        metadata: {name: empty}
                        data: {"": x}
                        """))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("a valid config key must consist of");
        assertThatThrownBy(() -> pods.create("""
                        apiVersion: v1
                        kind: Secret
                        metadata: {name: empty}
                        stringData: {"": x}
                        """))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("a valid config key must consist of");
    }

    @Test
    void aPodHasTheNamesThatItAsksFor() {
        String ip = pods.awaitReady("named").getStatus().getPodIP();
        String full = "custom.sub.podworld.svc.cluster.local";

        assertThat(pods.exec("named", "main", "hostname")).isEqualTo(full + "\n");
        assertThat(pods.exec("named", "main", "cat /etc/hosts"))
                .startsWith("# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n")
                .contains("fe00::0\tip6-localnet\n", ip + "\t" + full + "\tcustom\n")
                .endsWith("\n# Entries added by HostAliases.\n192.0.2.9\tnine.example\tneuf.example\n");
        assertThat(pods.exec("named", "other", "cat /etc/hosts")).doesNotContain("Kubernetes-managed");
        assertThat(pods.exec("named", "main", "cat /etc/resolv.conf"))
                .isEqualTo("search one.example two.example\nnameserver 192.0.2.53\noptions ndots:3 rotate\n");
        assertThat(pods.exec("named", "main", "ps")).contains("sleep 1111", "sleep 2222");
    }

    @Test
    void aPodMayShareTheHostsNamespaces(RunningCluster cluster) {
        Pod pod = pods.awaitReady("hostly");

        assertThat(pod.getStatus().getPodIP()).isEqualTo(pod.getStatus().getHostIP());
        assertThat(pods.exec("hostly", "main", "cat /etc/hosts"))
                .startsWith("# Kubernetes-managed hosts file (host network).\n")
                .endsWith("192.0.2.8\teight.example\n");
        assertThat(pods.exec("hostly", "main", "cat /etc/resolv.conf")).contains("svc.cluster.local");
        for (String namespace : new String[] {"net", "ipc", "pid", "uts"}) {
            assertThat(pods.exec("hostly", "main", "readlink /proc/self/ns/" + namespace))
                    .as(namespace)
                    .isEqualTo(cluster.shell()
                            .run("readlink", "/proc/self/ns/" + namespace)
                            .out());
        }
    }

    @Test
    void aRuntimeClassChoosesTheRuntimeAndBringsItsOverhead() {
        Pod classed = pods.awaitReady("classed");

        assertThat(classed.getSpec().getOverhead()).containsEntry("cpu", new Quantity("10m"));
        assertThat(classed.getSpec().getNodeSelector()).containsEntry("kubernetes.io/os", "linux");
        assertThat(pods.exec("classed", "main", "echo here")).isEqualTo("here\n");
        assertThat(pods.client()
                        .nodes()
                        .withName(classed.getSpec().getNodeName())
                        .get()
                        .getStatus()
                        .getRuntimeHandlers())
                .extracting(NodeRuntimeHandler::getName)
                .contains("", "crun");
        eventually(
                PATIENCE,
                () -> assertThat(pods.events("misclassed"))
                        .extracting(Event::getMessage)
                        .contains(
                                "Failed to create pod sandbox: failed to get sandbox runtime: no runtime for \"nosuch\" is configured"));
        assertThatThrownBy(() ->
                        pods.create(CLASSED.replace("podworld-known", "gone").replace("name: classed", "name: other")))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("pod rejected: RuntimeClass \"gone\" not found");
    }

    @Test
    void aFullNameThatIsTooLongIsSaidToBe() {
        eventually(
                PATIENCE,
                () -> assertThat(pods.events("toolong"))
                        .extracting(Event::getMessage)
                        .anyMatch(message -> message.startsWith(
                                        "Failed to create pod sandbox: failed to construct FQDN from pod hostname and cluster domain")
                                && message.contains("is too long (64 characters is the max, ")));
        assertThat(pods.pod("toolong").getStatus().getPhase()).isEqualTo("Pending");
    }
}
