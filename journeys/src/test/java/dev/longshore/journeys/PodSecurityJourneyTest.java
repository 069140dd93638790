package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Pod Security as people use it with `kubectl`: labels, warnings, and trying labels before they are set.
@ExtendWith(HollowShared.class)
@ParameterizedClass
@MethodSource("dev.longshore.journeys.Kubectl#both")
@Order(30)
record PodSecurityJourneyTest(Kubectl anywhere) {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String LABEL = "pod-security.kubernetes.io/";
    private static final String HOSTED = """
            apiVersion: v1
            kind: Pod
            metadata: {name: NAME}
            spec: {hostNetwork: true, containers: [{name: main, image: it, securityContext: {privileged: true}}]}
            """;

    @Test
    void aStricterLevelIsTriedOnAllNamespacesBeforeItIsSet() {
        Kubectl kubectl = anywhere.fresh("level");
        kubectl.okWith(HOSTED.replace("NAME", "one"), "create");
        kubectl.okWith(HOSTED.replace("NAME", "two"), "create");

        // Other tests' namespaces may go meanwhile, which kubectl tells of.
        String told = kubectl.run("label", "--dry-run=server", "--overwrite", "ns", "--all", LABEL + "enforce=baseline")
                .err();

        assertThat(told)
                .contains(
                        "Warning: existing pods in namespace \"" + kubectl.namespace()
                                + "\" violate the new PodSecurity enforce level \"baseline:latest\"",
                        "Warning: one (and 1 other pod): host namespaces, privileged");
        assertThat(kubectl.value("namespace " + kubectl.namespace(), "{.metadata.labels}"))
                .doesNotContain(LABEL);
        assertThat(kubectl.run("label", "ns", kubectl.namespace(), LABEL + "enforce=strict")
                        .failed()
                        .err())
                .contains("metadata.labels[" + LABEL + "enforce]: Invalid value: \"strict\": must be one of privileged,"
                        + " baseline, restricted");
    }

    @Test
    void aLevelKeepsPodsOutAndWarnsOfWhatWillMakeThem() {
        Kubectl kubectl = anywhere.fresh("kept");
        kubectl.ok("label", "ns", kubectl.namespace(), LABEL + "enforce=baseline", LABEL + "warn=restricted");

        assertThat(kubectl.runWith(HOSTED.replace("NAME", "bad"), "create", "-f", "-")
                        .failed()
                        .err())
                .contains("pods \"bad\" is forbidden: violates PodSecurity \"baseline:latest\": host namespaces"
                        + " (hostNetwork=true), privileged (container \"main\" must not set"
                        + " securityContext.privileged=true)");
        assertThat(kubectl.run("create", "deployment", "web", "--image=it")
                        .succeeded()
                        .err())
                .contains("Warning: would violate PodSecurity \"restricted:latest\": allowPrivilegeEscalation != false"
                        + " (container \"it\" must set securityContext.allowPrivilegeEscalation=false)");
        kubectl.ok("rollout", "status", "deployment/web", "--timeout=60s");

        kubectl.ok("label", "--overwrite", "ns", kubectl.namespace(), LABEL + "enforce=restricted");
        kubectl.ok("delete", "pods", "-l", "app=web", "--grace-period=0", "--force");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kubectl.ok("get", "events"))
                        .contains(
                                "is forbidden: violates PodSecurity \"restricted:latest\": allowPrivilegeEscalation !="
                                        + " false (container \"it\" must set"));
    }
}
