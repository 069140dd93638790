package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Changing what is there: `apply` in its forms, `diff`, `edit`, `patch`, `replace`, `label`, `annotate`.
@ExtendWith(HollowShared.class)
@ParameterizedClass
@MethodSource("dev.longshore.journeys.Kubectl#both")
@Order(11)
record KubectlApplyJourneyTest(Kubectl anywhere) {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String TWO = map("app", "data: {a: '1', b: '2'}");
    private static final String ONE = map("app", "data: {a: '3'}");

    @Test
    void applyCreatesChangesAndPrunesFields() {
        Kubectl kubectl = anywhere.fresh("apply");

        assertThat(kubectl.okWith(TWO, "apply")).isEqualTo("configmap/app created\n");
        assertThat(kubectl.okWith(TWO, "apply")).isEqualTo("configmap/app unchanged\n");
        Ran diff = kubectl.runWith(ONE, "diff", "-f", "-");
        assertThat(diff.exit()).isEqualTo(1);
        assertThat(diff.out()).contains("-  a: \"1\"", "-  b: \"2\"", "+  a: \"3\"");
        assertThat(kubectl.value("configmap app", "{.data}")).isEqualTo("{\"a\":\"1\",\"b\":\"2\"}");
        assertThat(kubectl.okWith(ONE, "apply")).isEqualTo("configmap/app configured\n");
        assertThat(kubectl.value("configmap app", "{.data}")).isEqualTo("{\"a\":\"3\"}");
        assertThat(kubectl.runWith(ONE, "diff", "-f", "-").exit()).isZero();
        assertThat(kubectl.ok("apply", "view-last-applied", "configmap/app")).contains("a: \"3\"");
        assertThat(kubectl.okWith(TWO, "apply", "--dry-run=server"))
                .isEqualTo("configmap/app configured (server dry run)\n");
        assertThat(kubectl.value("configmap app", "{.data}")).isEqualTo("{\"a\":\"3\"}");
    }

    @Test
    void serverSideApplyNamesWhoOwnsWhat() {
        Kubectl kubectl = anywhere.fresh("ssa");

        assertThat(kubectl.okWith(TWO, "apply", "--server-side", "--field-manager=one"))
                .isEqualTo("configmap/app serverside-applied\n");
        assertThat(kubectl.runWith(ONE, "apply", "--server-side", "--field-manager=two", "-f", "-")
                        .failed()
                        .err())
                .startsWith("error: Apply failed with 1 conflict: conflict with \"one\": .data.a\n"
                        + "Please review the fields above--they currently have other managers.");
        assertThat(kubectl.okWith(ONE, "apply", "--server-side", "--field-manager=two", "--force-conflicts"))
                .isEqualTo("configmap/app serverside-applied\n");
        assertThat(kubectl.value("configmap app", "{.data}")).isEqualTo("{\"a\":\"3\",\"b\":\"2\"}");
        assertThat(kubectl.ok("get", "configmap", "app", "-o", "yaml", "--show-managed-fields"))
                .contains("manager: one", "manager: two", "operation: Apply", "f:a: {}", "f:b: {}");
        assertThat(kubectl.ok("get", "configmap", "app", "-o", "yaml")).doesNotContain("managedFields");
        String none = map("app", "data: {}");
        kubectl.okWith(none, "apply", "--server-side", "--field-manager=one");
        assertThat(kubectl.value("configmap app", "{.data}")).isEqualTo("{\"a\":\"3\"}");
    }

    @Test
    void whoAppliedByTheClientGoesOnByTheServer() {
        Kubectl kubectl = anywhere.fresh("upgrade");
        kubectl.okWith(TWO, "apply");

        assertThat(kubectl.okWith(ONE, "apply", "--server-side")).isEqualTo("configmap/app serverside-applied\n");

        assertThat(kubectl.value("configmap app", "{.data}")).isEqualTo("{\"a\":\"3\"}");
    }

    @Test
    void pruneDeletesWhatIsNoLongerApplied() {
        Kubectl kubectl = anywhere.fresh("prune");
        String both = map("one", "data: {}") + "---\n" + map("two", "data: {}");
        kubectl.okWith(both, "apply");

        String said = kubectl.okWith(
                map("one", "data: {}"), "apply", "--prune", "-l", "set=x", "--prune-allowlist=core/v1/ConfigMap");

        assertThat(said).isEqualTo("configmap/one unchanged\nconfigmap/two pruned\n");
        assertThat(kubectl.ok("get", "configmaps", "-l", "set=x", "-o", "name")).isEqualTo("configmap/one\n");
    }

    @Test
    void kustomizationsAreAppliedShownAndDeleted() {
        Kubectl kubectl = anywhere.fresh("kustom");
        kubectl.file("app.yaml", TWO);
        kubectl.file("kustomization.yaml", "namePrefix: my-\nresources: [app.yaml]\n");
        String folder = kubectl.directory().resolve(kubectl.namespace()).toString();

        assertThat(kubectl.ok("apply", "-k", folder)).isEqualTo("configmap/my-app created\n");
        assertThat(kubectl.ok("get", "-k", folder, "-o", "name")).isEqualTo("configmap/my-app\n");
        assertThat(kubectl.ok("delete", "-k", folder)).startsWith("configmap \"my-app\" deleted");
    }

    @Test
    void editSavesWhatTheEditorLeaves() {
        Kubectl kubectl = anywhere.fresh("edit");
        kubectl.okWith(TWO, "create");

        assertThat(kubectl.edit("sed -i 's/a: \"1\"/a: \"9\"/' $1", "edit", "configmap", "app")
                        .succeeded()
                        .out())
                .isEqualTo("configmap/app edited\n");
        assertThat(kubectl.value("configmap app", "{.data.a}")).isEqualTo("9");
        assertThat(kubectl.edit("true", "edit", "configmap", "app").succeeded().err())
                .isEqualTo("Edit cancelled, no changes made.\n");
        assertThat(kubectl.edit("sed -i 's/name: app/name: other/' $1", "edit", "configmap", "app")
                        .failed()
                        .err())
                .contains("At least one of apiVersion, kind and name was changed");
    }

    @Test
    void allThreePatchTypesAndSubresources() {
        Kubectl kubectl = anywhere.fresh("patch");
        kubectl.ok("create", "deployment", "web", "--image=nginx");

        assertThat(
                        kubectl.ok(
                                "patch",
                                "deployment",
                                "web",
                                "-p",
                                "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"nginx\",\"image\":\"nginx:2\"}]}}}}"))
                .isEqualTo("deployment.apps/web patched\n");
        assertThat(kubectl.ok(
                        "patch",
                        "deployment",
                        "web",
                        "--type=merge",
                        "-p",
                        "{\"metadata\":{\"labels\":{\"x\":\"y\"}}}"))
                .isEqualTo("deployment.apps/web patched\n");
        // kubectl compares what it got before and after, and the Deployment's status moves meanwhile.
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kubectl.ok(
                                "patch",
                                "deployment",
                                "web",
                                "--type=merge",
                                "-p",
                                "{\"metadata\":{\"labels\":{\"x\":\"y\"}}}"))
                        .isEqualTo("deployment.apps/web patched (no change)\n"));
        assertThat(
                        kubectl.ok(
                                "patch",
                                "deployment",
                                "web",
                                "--type=json",
                                "-p",
                                "[{\"op\":\"replace\",\"path\":\"/spec/template/spec/containers/0/image\",\"value\":\"nginx:3\"}]"))
                .isEqualTo("deployment.apps/web patched\n");
        assertThat(kubectl.value("deployment web", "{.spec.template.spec.containers[*].image} {.metadata.labels.x}"))
                .isEqualTo("nginx:3 y");
        assertThat(kubectl.ok(
                        "patch",
                        "deployment",
                        "web",
                        "--subresource=scale",
                        "--type=merge",
                        "-p",
                        "{\"spec\":{\"replicas\":2}}"))
                .isEqualTo("scale.autoscaling/web patched\n");
        assertThat(kubectl.ok(
                        "get", "deployment", "web", "--subresource=scale", "-o", "jsonpath={.kind} {.spec.replicas}"))
                .isEqualTo("Scale 2");
        assertThat(kubectl.ok(
                        "patch",
                        "deployment",
                        "web",
                        "--subresource=status",
                        "--type=merge",
                        "-p",
                        "{\"spec\":{\"replicas\":7}}"))
                .startsWith("deployment.apps/web patched");
        assertThat(kubectl.value("deployment web", "{.spec.replicas}")).isEqualTo("2");
        assertThat(kubectl.ok("patch", "deployment", "web", "--dry-run=server", "-p", "{\"spec\":{\"replicas\":5}}"))
                .isEqualTo("deployment.apps/web patched\n");
        assertThat(kubectl.value("deployment web", "{.spec.replicas}")).isEqualTo("2");
        assertThat(kubectl.fails(
                        "patch", "deployment", "web", "--type=json", "-p", "[{\"op\":\"remove\",\"path\":\"/nope\"}]"))
                .isEqualTo("The request is invalid: the server rejected our request due to an error in our request\n");
        assertThat(kubectl.fails("patch", "deployment", "none", "-p", "{}"))
                .isEqualTo("Error from server (NotFound): deployments.apps \"none\" not found\n");
        assertThat(kubectl.fails(
                        "patch",
                        "deployment",
                        "web",
                        "-p",
                        "{\"spec\":{\"selector\":{\"matchLabels\":{\"a\":\"b\"}}}}"))
                .startsWith("The Deployment \"web\" is invalid: ")
                .contains("spec.selector: Invalid value: ", "field is immutable");
    }

    @Test
    void replaceAlsoByForce() {
        Kubectl kubectl = anywhere.fresh("replace");
        kubectl.okWith(TWO, "create");
        String uid = kubectl.value("configmap app", "{.metadata.uid}");

        assertThat(kubectl.okWith(ONE, "replace")).isEqualTo("configmap/app replaced\n");
        assertThat(kubectl.value("configmap app", "{.data} {.metadata.uid}")).isEqualTo("{\"a\":\"3\"} " + uid);
        assertThat(kubectl.okWith(ONE, "replace", "--force")).contains("deleted", "configmap/app replaced\n");
        assertThat(kubectl.value("configmap app", "{.metadata.uid}")).isNotEqualTo(uid);
        assertThat(kubectl.runWith(map("none", "data: {}"), "replace", "-f", "-")
                        .failed()
                        .err())
                .isEqualTo(
                        "Error from server (NotFound): error when replacing \"STDIN\": configmaps \"none\" not found\n");
    }

    @Test
    void aPodsImageIsReplacedAndADryRunLeavesIt() {
        Kubectl kubectl = anywhere.fresh("image");
        kubectl.ok("run", "web", "--image=nginx:1");
        kubectl.ok("wait", "--for=condition=Ready", "pod/web", "--timeout=60s");

        assertThat(kubectl.ok(
                        "patch",
                        "pod",
                        "web",
                        "--dry-run=server",
                        "-p",
                        "{\"spec\":{\"containers\":[{\"name\":\"web\",\"image\":\"nginx:2\"}]}}"))
                .startsWith("pod/web patched");
        assertThat(kubectl.value("pod web", "{.spec.containers[0].image}")).isEqualTo("nginx:1");

        String changed = kubectl.ok("get", "pod", "web", "-o", "json").replace("nginx:1", "nginx:2");
        assertThat(kubectl.okWith(changed, "replace")).isEqualTo("pod/web replaced\n");
        assertThat(kubectl.value("pod web", "{.spec.containers[0].image}")).isEqualTo("nginx:2");
    }

    @Test
    void labelsAndAnnotationsComeAndGo() {
        Kubectl kubectl = anywhere.fresh("label");
        kubectl.okWith(TWO, "create");

        assertThat(kubectl.ok("label", "configmap", "app", "tier=front")).isEqualTo("configmap/app labeled\n");
        assertThat(kubectl.fails("label", "configmap", "app", "tier=back"))
                .isEqualTo("error: 'tier' already has a value (front), and --overwrite is false\n");
        assertThat(kubectl.ok("label", "configmap", "app", "tier=back", "--overwrite"))
                .isEqualTo("configmap/app labeled\n");
        assertThat(kubectl.ok("get", "configmap", "app", "-L", "tier", "--no-headers"))
                .endsWith("back\n");
        assertThat(kubectl.ok("label", "configmap", "app", "tier-")).isEqualTo("configmap/app unlabeled\n");
        assertThat(kubectl.ok("label", "configmaps", "-l", "set=x", "all=yes")).isEqualTo("configmap/app labeled\n");
        assertThat(kubectl.fails("label", "configmap", "app", "bad key=1")).contains("metadata.labels: Invalid value");
        assertThat(kubectl.ok("annotate", "configmap", "app", "note=1")).startsWith("configmap/app annotate");
        assertThat(kubectl.fails("annotate", "configmap", "app", "note=2")).contains("--overwrite is false");
        // 1.27 says "annotate".
        assertThat(kubectl.ok("annotate", "configmap", "app", "note=2", "--overwrite"))
                .startsWith("configmap/app annotate");
        assertThat(kubectl.ok("annotate", "configmap", "app", "note-")).startsWith("configmap/app annotate");
        assertThat(kubectl.value("configmap app", "{.metadata.annotations}{.metadata.labels}"))
                .isEqualTo("{\"all\":\"yes\",\"set\":\"x\"}");
    }

    private static String map(String name, String data) {
        return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + ", labels: {set: x}}\n" + data + "\n";
    }
}
