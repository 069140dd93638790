package dev.longshore.kinds.policies;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Yaml;
import dev.longshore.kinds.cel.DeclaredType;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.GroupVersionResource;
import dev.longshore.model.Resource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// Warnings about expressions, by the types of what policies are for.
class PolicyTypeCheckTest {

    private static final PolicyTypeCheck.Types TYPES = new PolicyTypeCheck.Types() {
        @Override
        public List<GroupVersionKind> kinds(GroupVersionResource resource) {
            return resource.resource().equals("deployments")
                            && resource.version().equals("v1")
                    ? List.of(new GroupVersionKind(resource.group(), "v1", "Deployment"))
                    : List.of();
        }

        @Override
        public Optional<DeclaredType> type(GroupVersionKind kind) {
            return DeclaredType.of(
                    kind.kind(),
                    Yaml.parse(
                            "{type: object, properties: {spec: {type: object, properties: {replicas: {type: integer}}}}}"),
                    true);
        }
    };

    private static List<PolicyTypeCheck.Warning> check(String resources, String rest) {
        var policy = (ObjectNode) Yaml.parse("""
                apiVersion: admissionregistration.k8s.io/v1
                kind: ValidatingAdmissionPolicy
                metadata: {name: p}
                spec:
                  matchConstraints: {resourceRules: [{operations: [CREATE], apiGroups: [apps], apiVersions: [v1], resources: [%s]}]}
                %s""".formatted(resources, rest.indent(2)));
        return new PolicyTypeCheck(TYPES).check(new Resource(policy));
    }

    @Test
    void warnsOfFieldsThatThereAreNotAndOfTypesThatDoNotFit() {
        assertThat(check("deployments", """
                variables: [{name: replicas, expression: object.spec.replicas}]
                validations:
                - {expression: object.spec.nope > 1}
                - {expression: variables.replicas > 1, messageExpression: 'object.spec.replicas + "x"'}
                """))
                .containsExactly(
                        new PolicyTypeCheck.Warning(
                                "spec.validations[0].expression",
                                "apps/v1, Kind=Deployment: ERROR: <input>:1:12: undefined field 'nope'\n"
                                        + " | object.spec.nope > 1\n | ...........^\n"),
                        new PolicyTypeCheck.Warning(
                                "spec.validations[1].messageExpression",
                                "apps/v1, Kind=Deployment: ERROR: <input>:1:22: found no matching overload for '_+_' applied to"
                                        + " '(int, string)'\n | object.spec.replicas + \"x\"\n | .....................^\n"));
    }

    @Test
    void saysNothingOfWhatIsRightOrUnknown() {
        assertThat(check("deployments", "validations: [{expression: object.spec.replicas > 1}]"))
                .isEmpty();
        assertThat(check("'*'", "validations: [{expression: object.spec.nope > 1}]"))
                .isEmpty();
        assertThat(check("deployments/scale, gadgets", "validations: [{expression: object.spec.nope > 1}]"))
                .isEmpty();
    }
}
