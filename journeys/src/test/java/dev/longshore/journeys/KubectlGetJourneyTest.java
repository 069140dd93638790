package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Looking: `get` in every form, `explain`, discovery, `proxy`, and what the cluster tells of itself.
@ExtendWith(HollowShared.class)
@ParameterizedClass
@MethodSource("dev.longshore.journeys.Kubectl#both")
@Order(12)
record KubectlGetJourneyTest(Kubectl anywhere) {

    @Test
    void selectorsTakeWhatTheySay() {
        Kubectl kubectl = withMaps("select");

        assertThat(names(kubectl, "-l", "tier=front")).containsExactly("configmap/a", "configmap/b");
        assertThat(names(kubectl, "-l", "tier in (back,front),num!=1")).containsExactly("configmap/b", "configmap/c");
        assertThat(names(kubectl, "-l", "tier,!odd")).containsExactly("configmap/b");
        assertThat(names(kubectl, "--field-selector=metadata.name=b")).containsExactly("configmap/b");
        assertThat(names(
                        kubectl,
                        "--field-selector=metadata.name!=b,metadata.namespace=" + kubectl.namespace(),
                        "-l",
                        "tier"))
                .containsExactly("configmap/a", "configmap/c");
        assertThat(kubectl.fails("get", "configmaps", "--field-selector=data.x=1"))
                .isEqualTo(
                        "Error from server (BadRequest): Unable to find \"/v1, Resource=configmaps\" that match label"
                                + " selector \"\", field selector \"data.x=1\": \"data.x\" is not a known field selector: only"
                                + " \"metadata.name\", \"metadata.namespace\"\n");
        assertThat(kubectl.run("get", "configmaps", "-l", "tier=none")
                        .succeeded()
                        .err())
                .isEqualTo("No resources found in " + kubectl.namespace() + " namespace.\n");
    }

    @Test
    void everyOutputShowsTheSameObjects() {
        Kubectl kubectl = withMaps("output");

        assertThat(kubectl.value("configmaps -l tier", "{range .items[*]}{.metadata.name}={.data.v};{end}"))
                .isEqualTo("a=3;b=1;c=2;");
        assertThat(kubectl.ok("get", "configmaps", "-l", "tier", "-o", "custom-columns=NAME:.metadata.name,V:.data.v"))
                .isEqualTo("NAME   V\na      3\nb      1\nc      2\n");
        assertThat(kubectl.ok(
                        "get",
                        "configmaps",
                        "-l",
                        "tier",
                        "-o",
                        "go-template={{range .items}}{{.metadata.name}}{{end}}"))
                .isEqualTo("abc");
        String template = kubectl.file("names.tmpl", "{{range .items}}<{{.metadata.name}}>{{end}}");
        assertThat(kubectl.ok("get", "configmaps", "-l", "tier", "-o", "go-template-file=" + template))
                .isEqualTo("<a><b><c>");
        assertThat(kubectl.ok("get", "configmap", "a", "-o", "template", "--template={{.kind}}"))
                .isEqualTo("ConfigMap");
        assertThat(kubectl.ok("get", "configmaps", "-l", "tier", "--sort-by=.data.v", "-o", "name"))
                .isEqualTo("configmap/b\nconfigmap/c\nconfigmap/a\n");
        assertThat(kubectl.ok("get", "configmaps", "-l", "tier", "--sort-by=.metadata.name")
                        .lines())
                .first()
                .asString()
                .matches("NAME +DATA +AGE");
        assertThat(kubectl.ok("get", "configmaps", "-l", "tier", "--chunk-size=1", "-o", "name")
                        .lines())
                .hasSize(3);
        assertThat(kubectl.ok("get", "configmap", "a", "-o", "json")).contains("\"kind\": \"ConfigMap\"");
        assertThat(kubectl.ok("get", "configmaps", "-l", "tier", "-o", "yaml"))
                .contains("kind: List", "- apiVersion: v1");
        assertThat(kubectl.ok("get", "configmaps,serviceaccounts", "-o", "name").lines())
                .contains("configmap/a", "serviceaccount/default");
        assertThat(kubectl.ok("get", "configmaps", "-A", "--no-headers"))
                .contains(kubectl.namespace() + " ", "kube-system ");
        assertThat(kubectl.ok("get", "configmap", "a", "--show-labels", "--no-headers"))
                .contains("num=1,odd=,tier=front");
        assertThat(kubectl.ok("get", "nodes", "-o", "wide").lines())
                .first()
                .asString()
                .contains("INTERNAL-IP", "OS-IMAGE", "CONTAINER-RUNTIME");
        assertThat(kubectl.ok("get", "--raw", "/api/v1/namespaces/" + kubectl.namespace() + "/configmaps?limit=1"))
                .contains("\"kind\":\"ConfigMapList\"", "\"continue\":\"", "\"remainingItemCount\":3");
    }

    @Test
    void aWatchShowsWhatComesChangesAndGoes() throws IOException, InterruptedException {
        Kubectl kubectl = withMaps("watch");
        Process watch = kubectl.start(
                "get", "configmaps", "-l", "tier=front", "--watch-only", "--output-watch-events", "--no-headers");
        try (var lines = new BufferedReader(new InputStreamReader(watch.getInputStream()))) {
            // The watch begins some time after the command: what is changed until it speaks shows that it does.
            var seen = new ArrayList<String>();
            var reader = Thread.ofVirtual()
                    .start(() -> lines.lines().forEach(line -> {
                        synchronized (seen) {
                            seen.add(line.replaceAll(" +", " "));
                        }
                    }));
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                kubectl.ok("label", "configmap", "a", "touch=" + System.nanoTime(), "--overwrite");
                synchronized (seen) {
                    return !seen.isEmpty();
                }
            });
            kubectl.ok("create", "configmap", "new");
            kubectl.ok("label", "configmap", "new", "tier=front");
            kubectl.ok("label", "configmap", "b", "tier=back", "--overwrite");
            kubectl.ok("delete", "configmap", "a");
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                synchronized (seen) {
                    assertThat(seen.stream()
                                    .map(line -> line.replaceAll("( \\S+){2}$", ""))
                                    .distinct())
                            .containsExactly("MODIFIED a", "ADDED new", "DELETED b", "DELETED a");
                }
            });
            watch.destroy();
            reader.join(Duration.ofSeconds(10));
        } finally {
            watch.destroy();
            watch.waitFor(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void explainKnowsTheFields() {
        assertThat(anywhere.ok("explain", "deployment.spec.strategy", "--recursive"))
                .contains("KIND:       Deployment", "rollingUpdate", "maxSurge\t<IntOrString>");
        assertThat(anywhere.ok("explain", "pods")).contains("VERSION:    v1", "spec\t<PodSpec>");
        assertThat(anywhere.ok("explain", "cronjobs.spec.schedule", "--api-version=batch/v1"))
                .contains("FIELD: schedule <string>");
        assertThat(anywhere.fails("explain", "pods.spec.nope")).contains("field \"nope\" does not exist");
    }

    @Test
    void discoveryListsWhatThereIs() {
        assertThat(anywhere.ok("api-versions").lines()).contains("v1", "apps/v1", "events.k8s.io/v1", "batch/v1");
        assertThat(anywhere.ok("api-resources").lines().map(line -> line.replaceAll(" +", " ")))
                .contains(
                        "pods po v1 true Pod",
                        "deployments deploy apps/v1 true Deployment",
                        "events ev events.k8s.io/v1 true Event",
                        "flowschemas flowcontrol.apiserver.k8s.io/v1 false FlowSchema");
        assertThat(anywhere.ok("api-resources", "--api-group=apps", "-o", "name")
                        .lines())
                .containsExactly(
                        "controllerrevisions.apps",
                        "daemonsets.apps",
                        "deployments.apps",
                        "replicasets.apps",
                        "statefulsets.apps");
        assertThat(anywhere.ok("api-resources", "--namespaced=false", "--verbs=create,watch", "-o", "wide"))
                .contains("create,delete,get,list,patch,update,watch");
        assertThat(anywhere.ok("api-resources", "--categories=all", "-o", "name")
                        .lines())
                .contains("pods", "services", "deployments.apps", "cronjobs.batch");
    }

    @Test
    void theClusterTellsOfItself() {
        assertThat(anywhere.ok("version", "-o", "json")).contains("\"gitVersion\": \"v1.36", "\"clientVersion\"");
        assertThat(anywhere.ok("cluster-info")).contains("Kubernetes control plane", "is running at");
        assertThat(anywhere.ok("config", "view")).contains("DATA+OMITTED").doesNotContain("PRIVATE");
        assertThat(anywhere.ok("config", "current-context")).isNotBlank();
        assertThat(anywhere.ok("get", "--raw", "/healthz")).isEqualTo("ok");
        assertThat(anywhere.ok("get", "--raw", "/readyz?verbose")).contains("[+]etcd ok", "readyz check passed");
        assertThat(anywhere.ok("get", "--raw", "/openapi/v3")).contains("apis/apps/v1");
        assertThat(anywhere.ok("get", "componentstatuses", "-o", "name")).contains("componentstatus/etcd-0");
    }

    @Test
    void aProxyServesTheApiOnAPortAndOnASocket() throws IOException, InterruptedException {
        Process onPort = anywhere.start("proxy", "--port=0");
        try (var lines = new BufferedReader(new InputStreamReader(onPort.getInputStream()))) {
            String address = lines.readLine().replaceFirst(".* ", "");
            assertThat(anywhere.shell()
                            .run("curl", "-sf", "http://" + address + "/api/")
                            .succeeded()
                            .out())
                    .contains("APIVersions");
        } finally {
            onPort.destroy();
            onPort.waitFor(10, TimeUnit.SECONDS);
        }
        String socket =
                anywhere.directory().resolve("proxy-" + anywhere.version()).toString();
        Process onSocket = anywhere.start("proxy", "--unix-socket=" + socket);
        try (var lines = new BufferedReader(new InputStreamReader(onSocket.getInputStream()))) {
            assertThat(lines.readLine()).contains(socket);
            assertThat(anywhere.shell()
                            .run("curl", "-sf", "--unix-socket", socket, "http://localhost/api/")
                            .succeeded()
                            .out())
                    .contains("APIVersions");
        } finally {
            onSocket.destroy();
            onSocket.waitFor(10, TimeUnit.SECONDS);
        }
    }

    private static List<String> names(Kubectl kubectl, String... selectors) {
        var arguments = new ArrayList<>(List.of("get", "configmaps", "-o", "name"));
        arguments.addAll(List.of(selectors));
        return kubectl.ok(arguments.toArray(String[]::new)).lines().toList();
    }

    private Kubectl withMaps(String theme) {
        Kubectl kubectl = anywhere.fresh(theme);
        kubectl.ok("wait", "--for=jsonpath={.metadata.name}=kube-root-ca.crt", "configmap/kube-root-ca.crt");
        kubectl.okWith(
                map("a", "tier: front, num: '1', odd: ''", 3)
                        + map("b", "tier: front, num: '2'", 1)
                        + map("c", "tier: back, num: '3', odd: ''", 2),
                "create");
        return kubectl;
    }

    private static String map(String name, String labels, int value) {
        return "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s, labels: {%s}}\ndata: {v: '%d'}\n"
                .formatted(name, labels, value);
    }
}
