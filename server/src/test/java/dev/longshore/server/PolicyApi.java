package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.Yaml;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/// An API server in which policies are put into force, each in a namespace of its own.
final class PolicyApi implements AutoCloseable {

    private static final String GROUP = "/apis/admissionregistration.k8s.io/v1/";
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final AtomicInteger NAMES = new AtomicInteger();

    final CustomApi custom = new CustomApi();
    final WholeApi api = custom.api;

    /// A namespace for one test, with a label of its name.
    String namespace() {
        String name = "policed-" + NAMES.incrementAndGet();
        made("/api/v1/namespaces", """
                {apiVersion: v1, kind: Namespace, metadata: {name: %s, labels: {policed: %s}}}
                """.formatted(name, name));
        made("/api/v1/namespaces/" + name + "/serviceaccounts", """
                {apiVersion: v1, kind: ServiceAccount, metadata: {name: default}}
                """);
        return name;
    }

    /// Sends YAML, in which there is no text with the sign '.
    RealApi.Answer post(String target, String yaml) {
        return api.send("POST", target, Yaml.parse(yaml).toString());
    }

    void made(String target, String yaml) {
        RealApi.Answer answer = post(target, yaml);
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    }

    /// Has a policy refuse in `namespace` what `spec` (YAML; matchConstraints are ConfigMaps, unless it says so) says,
    /// under a binding of `binding` (YAML).
    void validate(String namespace, String spec, String binding) {
        force("ValidatingAdmissionPolicy", "validatingadmissionpolicies", namespace, spec, binding);
    }

    /// Has a policy change in `namespace` what `spec` says.
    void mutate(String namespace, String spec, String binding) {
        force("MutatingAdmissionPolicy", "mutatingadmissionpolicies", namespace, spec, binding);
    }

    private void force(String kind, String plural, String namespace, String spec, String binding) {
        String constraints = spec.contains("matchConstraints")
                ? ""
                : "  matchConstraints: {resourceRules: [{operations: [\"*\"], apiGroups: [\"\"], apiVersions: [v1],"
                        + " resources: [configmaps]}]}\n";
        made(
                GROUP + plural,
                "apiVersion: admissionregistration.k8s.io/v1\nkind: %s\nmetadata: {name: %s}\nspec:\n%s%s"
                        .formatted(kind, namespace, constraints, spec.indent(2)));
        made(GROUP + plural.replace("policies", "policybindings"), """
                apiVersion: admissionregistration.k8s.io/v1
                kind: %sBinding
                metadata: {name: bound-%s}
                spec:
                  policyName: %s
                  matchResources: {namespaceSelector: {matchLabels: {policed: %s}}}
                %s""".formatted(
                        kind, namespace, namespace, namespace, binding.indent(2)));
    }

    static String configMap(String name, String data) {
        return "{apiVersion: v1, kind: ConfigMap, metadata: {name: %s}, data: %s}".formatted(name, data);
    }

    static String configMaps(String namespace) {
        return "/api/v1/namespaces/" + namespace + "/configmaps";
    }

    /// What comes of a ConfigMap that is only pretended.
    RealApi.Answer pretend(String namespace, String data) {
        return post(configMaps(namespace) + "?dryRun=All", configMap("one", data));
    }

    /// Waits until a policy that was just made says `part` about such a ConfigMap.
    RealApi.Answer awaitSaid(String namespace, String data, String part) {
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(pretend(namespace, data).message()).contains(part));
        return pretend(namespace, data);
    }

    @Override
    public void close() {
        custom.close();
    }
}
