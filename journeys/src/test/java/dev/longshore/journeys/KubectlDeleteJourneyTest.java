package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// `kubectl delete` with each cascade, by selector and by force, `wait`, and namespaces that empty themselves.
@ExtendWith(HollowShared.class)
@ParameterizedClass
@MethodSource("dev.longshore.journeys.Kubectl#both")
@Order(13)
record KubectlDeleteJourneyTest(Kubectl anywhere) {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void orphansStay() {
        Kubectl kubectl = withDeployment("orphan");

        kubectl.ok("delete", "deployment", "web", "--cascade=orphan");

        assertThat(kubectl.fails("get", "deployment", "web")).contains("NotFound");
        String set =
                kubectl.ok("get", "replicasets", "-l", "app=web", "-o", "name").strip();
        assertThat(set).startsWith("replicaset.apps/web-");
        assertThat(kubectl.value(set, "{.metadata.ownerReferences}")).isEmpty();
        kubectl.ok("delete", set, "--cascade=orphan");
        assertThat(kubectl.ok("get", "pods", "-l", "app=web", "-o", "name").lines())
                .hasSize(2);
        assertThat(kubectl.value("pods -l app=web", "{.items[*].metadata.ownerReferences}"))
                .isEmpty();
    }

    @Test
    void aBackgroundDeletionTakesTheDependentsAfterwards() {
        Kubectl kubectl = withDeployment("background");

        assertThat(kubectl.ok("delete", "deployment", "web", "--cascade=background"))
                .startsWith("deployment.apps \"web\" deleted");

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kubectl.ok("get", "replicasets,pods", "-l", "app=web", "-o", "name"))
                        .isEmpty());
    }

    @Test
    void aForegroundDeletionTakesTheDependentsFirst() {
        Kubectl kubectl = withDeployment("foreground");
        String pod = kubectl.ok("get", "pods", "-o", "name").lines().findFirst().orElseThrow();
        kubectl.ok("patch", pod, "--type=merge", "-p", "{\"metadata\":{\"finalizers\":[\"example.com/hold\"]}}");

        kubectl.ok("delete", "deployment", "web", "--cascade=foreground", "--wait=false");

        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(kubectl.ok("get", "pods", "-o", "name").strip())
                                .isEqualTo(pod));
        assertThat(kubectl.value("deployment web", "{.metadata.finalizers} {.metadata.deletionGracePeriodSeconds}"))
                .isEqualTo("[\"foregroundDeletion\"] 0");
        kubectl.ok("patch", pod, "--type=merge", "-p", "{\"metadata\":{\"finalizers\":null}}");
        kubectl.ok("wait", "--for=delete", "deployment/web", "--timeout=60s");
        assertThat(kubectl.ok("get", "replicasets,pods", "-o", "name")).isEmpty();
    }

    @Test
    void jobsKeepTheirPodsUnlessToldOtherwise() {
        Kubectl kubectl = anywhere.fresh("keep");
        kubectl.ok("create", "job", "once", "--image=busybox", "--", "sleep", "99");
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(kubectl.ok("get", "pods", "-o", "name")).isNotEmpty());

        String raw = "/apis/batch/v1/namespaces/" + kubectl.namespace() + "/jobs/once";
        kubectl.ok("delete", "--raw", raw);

        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(kubectl.ok("get", "jobs", "-o", "name")).isEmpty());
        assertThat(kubectl.ok("get", "pods", "-o", "name").lines()).hasSize(1);
    }

    @Test
    void manyAreDeletedByLabelFieldAndAll() {
        Kubectl kubectl = anywhere.fresh("many");
        for (String name : "a b c d".split(" ")) {
            kubectl.ok("create", "secret", "generic", name);
        }
        kubectl.ok("label", "secret", "a", "b", "go=yes");

        assertThat(kubectl.ok("delete", "secrets", "-l", "go=yes").lines()).hasSize(2);
        assertThat(kubectl.ok("delete", "secrets", "--field-selector=metadata.name=c")
                        .lines())
                .hasSize(1);
        assertThat(kubectl.ok("delete", "secrets", "--all", "--dry-run=server")).contains("deleted");
        assertThat(kubectl.ok("delete", "secrets", "--all").lines()).hasSize(1);
        assertThat(kubectl.ok("get", "secrets", "-o", "name")).isEmpty();
        assertThat(kubectl.fails("delete", "secret", "a"))
                .isEqualTo("Error from server (NotFound): secrets \"a\" not found\n");
        assertThat(kubectl.ok("delete", "secret", "a", "--ignore-not-found")).isEmpty();
    }

    @Test
    void finalizersHoldWhatIsDeletedAndGraceCanBeForced() {
        Kubectl kubectl = anywhere.fresh("hold");
        kubectl.okWith(
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: held, finalizers: [example.com/hold]}\n", "create");

        kubectl.ok("delete", "configmap", "held", "--wait=false");
        assertThat(kubectl.fails(
                        "patch",
                        "configmap",
                        "held",
                        "--type=json",
                        "-p",
                        "[{\"op\":\"add\",\"path\":\"/metadata/finalizers/-\",\"value\":\"example.com/more\"}]"))
                .contains("no new finalizers can be added if the object is being deleted, found new finalizers"
                        + " []string{\"example.com/more\"}");
        assertThat(kubectl.fails("wait", "--for=delete", "configmap/held", "--timeout=1s"))
                .contains("timed out waiting for the condition on configmaps/held");
        kubectl.ok("patch", "configmap", "held", "--type=merge", "-p", "{\"metadata\":{\"finalizers\":[]}}");
        assertThat(kubectl.fails("get", "configmap", "held")).contains("NotFound");

        kubectl.ok("run", "pod", "--image=busybox");
        kubectl.ok("wait", "--for=condition=Ready", "pod/pod", "--timeout=60s");
        Ran forced = kubectl.run("delete", "pod", "pod", "--grace-period=0", "--force")
                .succeeded();
        assertThat(forced.err()).contains("Immediate deletion does not wait for confirmation");
        assertThat(forced.out()).startsWith("pod \"pod\" force deleted");
    }

    @Test
    void waitSeesConditionsValuesAndDeletions() throws IOException, InterruptedException {
        Kubectl kubectl = withDeployment("wait");

        assertThat(kubectl.ok("wait", "--for=condition=Available", "deployment/web", "--timeout=60s"))
                .isEqualTo("deployment.apps/web condition met\n");
        assertThat(kubectl.ok("wait", "--for=jsonpath={.status.readyReplicas}=2", "deployment/web", "--timeout=60s"))
                .isEqualTo("deployment.apps/web condition met\n");
        assertThat(kubectl.fails("wait", "--for=condition=Never", "deployment/web", "--timeout=1s"))
                .isEqualTo("error: timed out waiting for the condition on deployments/web\n");
        Process wait = kubectl.start("wait", "--for=delete", "pods", "--all", "--timeout=60s");
        kubectl.ok("delete", "deployment", "web");
        assertThat(wait.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(wait.exitValue()).isZero();
    }

    @Test
    void aNamespaceSaysWhatKeepsIt() {
        Kubectl kubectl = anywhere.fresh("going");
        String name = kubectl.namespace();
        kubectl.okWith(
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: held, finalizers: [example.com/hold]}\n", "create");
        kubectl.ok("run", "pod", "--image=busybox");

        anywhere.ok("delete", "namespace", name, "--wait=false");

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(condition(name, "NamespaceFinalizersRemaining"))
                        .isEqualTo("True SomeFinalizersRemain Some content in the namespace has finalizers remaining:"
                                + " example.com/hold in 1 resource instances"));
        assertThat(condition(name, "NamespaceContentRemaining"))
                .isEqualTo(
                        "True SomeResourcesRemain Some resources are remaining: configmaps. has 1 resource instances");
        assertThat(condition(name, "NamespaceDeletionDiscoveryFailure"))
                .isEqualTo("False ResourcesDiscovered All resources successfully discovered");
        assertThat(condition(name, "NamespaceDeletionGroupVersionParsingFailure"))
                .isEqualTo("False ParsedGroupVersions All legacy kube types successfully parsed");
        assertThat(condition(name, "NamespaceDeletionContentFailure"))
                .isEqualTo("False ContentDeleted All content successfully deleted, may be waiting on finalization");
        assertThat(kubectl.fails("create", "configmap", "late"))
                .isEqualTo("error: failed to create configmap: configmaps \"late\" is forbidden: unable to create new"
                        + " content in namespace " + name + " because it is being terminated\n");

        kubectl.ok("patch", "configmap", "held", "--type=merge", "-p", "{\"metadata\":{\"finalizers\":null}}");
        anywhere.ok("wait", "--for=delete", "namespace/" + name, "--timeout=60s");
    }

    @Test
    void whatEveryNamespaceHasComesBackAndSomeNamespacesStay() {
        Kubectl kubectl = anywhere.fresh("own");

        kubectl.ok("wait", "--for=jsonpath={.metadata.name}=kube-root-ca.crt", "configmap/kube-root-ca.crt");
        String root = kubectl.value("configmap kube-root-ca.crt", "{.metadata.uid}");
        String account = kubectl.value("serviceaccount default", "{.metadata.uid}");
        kubectl.ok("delete", "configmap/kube-root-ca.crt", "serviceaccount/default");
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(kubectl.run("get", "configmap", "kube-root-ca.crt", "-o", "jsonpath={.metadata.uid}")
                            .out())
                    .isNotEmpty()
                    .isNotEqualTo(root);
            assertThat(kubectl.run("get", "serviceaccount", "default", "-o", "jsonpath={.metadata.uid}")
                            .out())
                    .isNotEmpty()
                    .isNotEqualTo(account);
        });
        for (String immortal : "default kube-system kube-public".split(" ")) {
            assertThat(anywhere.fails("delete", "namespace", immortal))
                    .isEqualTo("Error from server (Forbidden): namespaces \"" + immortal
                            + "\" is forbidden: this namespace may not be deleted\n");
        }
    }

    private String condition(String namespace, String type) {
        return anywhere.value(
                "namespace " + namespace,
                "{range .status.conditions[?(@.type==\"" + type + "\")]}{.status} {.reason} {.message}{end}");
    }

    private Kubectl withDeployment(String theme) {
        Kubectl kubectl = anywhere.fresh(theme);
        kubectl.ok("create", "deployment", "web", "--image=nginx", "--replicas=2");
        kubectl.ok("rollout", "status", "deployment/web", "--timeout=60s");
        return kubectl;
    }
}
