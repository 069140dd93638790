package dev.longshore.server;

import static dev.longshore.server.CustomApi.DEFINITIONS;
import static dev.longshore.server.CustomApi.definition;
import static dev.longshore.server.CustomApi.only;
import static dev.longshore.server.CustomApi.path;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/// Rules that definitions make (`x-kubernetes-validations`), kept when resources are written and judged when
/// definitions are.
class CustomRulesTest {

    private static final CustomApi CUSTOM = new CustomApi();
    private final WholeApi api = CUSTOM.api;

    @AfterAll
    static void end() {
        CUSTOM.close();
    }

    private RealApi.Answer patch(String target, String body) {
        return api.send("PATCH", target, body, "Content-Type", "application/merge-patch+json");
    }

    private RealApi.Answer refused(String plural, String kind, String properties) {
        return api.send(
                "POST", DEFINITIONS, definition(plural, kind, only(properties)), "Content-Type", "application/yaml");
    }

    @Test
    void areKeptByEveryWrite() {
        CUSTOM.define(definition("ruled", "Ruled", only("""
                spec:
                  type: object
                  x-kubernetes-validations:
                  - {rule: self.min <= self.max, message: min must not exceed max, fieldPath: .min, reason: FieldValueForbidden}
                  - {rule: 'self.max < 100', messageExpression: '\\"%d is too much\\".format([self.max])'}
                  properties:
                    min: {type: integer, default: 0}
                    max: {type: integer, default: 0}
                    fixed: {type: string, x-kubernetes-validations: [{rule: self == oldSelf, message: is fixed}]}
                """)));

        assertThat(CUSTOM.create("ruled", "Ruled", "bad", "spec: {min: 5, max: 3}", "")
                        .message())
                .isEqualTo("Ruled.example.com \"bad\" is invalid: spec.min: Forbidden: min must not exceed max");
        assertThat(CUSTOM.create("ruled", "Ruled", "bad", "spec: {max: 200}", "")
                        .message())
                .isEqualTo("Ruled.example.com \"bad\" is invalid: spec: Invalid value: 200 is too much");
        assertThat(CUSTOM.create("ruled", "Ruled", "good", "spec: {min: 1, max: 3, fixed: a}", "")
                        .status())
                .isEqualTo(201);
        assertThat(patch(path("v1", "ruled") + "/good", "{'spec':{'fixed':'b'}}")
                        .message())
                .isEqualTo("Ruled.example.com \"good\" is invalid: spec.fixed: Invalid value: \"b\": is fixed");
        assertThat(patch(path("v1", "ruled") + "/good", "{'spec':{'min':4}}").status())
                .isEqualTo(422);
        assertThat(patch(path("v1", "ruled") + "/good", "{'spec':{'min':2}}").status())
                .isEqualTo(200);
    }

    @Test
    void areNotJudgedOfWhatIsMisshapen() {
        CUSTOM.define(definition("shaped", "Shaped", only("""
                spec:
                  type: object
                  x-kubernetes-validations: [{rule: self.size > 1}]
                  properties: {size: {type: integer}}
                """)));

        assertThat(CUSTOM.create("shaped", "Shaped", "bad", "spec: {size: x}", "")
                        .message())
                .contains(
                        "spec.size: Invalid value: \"string\": spec.size in body must be of type integer: \"string\"",
                        "<nil>: Invalid value: null: some validation rules were not checked because the object was"
                                + " invalid; correct the existing errors to complete validation");
    }

    @Test
    void mustCompile() {
        assertThat(refused("wrongs", "Wrong", """
                spec: {type: object, x-kubernetes-validations: [{rule: self.nope > 1}], properties: {n: {type: integer}}}
                """).message())
                .contains(
                        "x-kubernetes-validations[0].rule: Invalid value: ",
                        "compilation failed: ERROR: <input>:1:5: undefined field 'nope'");
        assertThat(refused("wrongs", "Wrong", "spec: {type: integer, x-kubernetes-validations: [{rule: self + 1}]}")
                        .message())
                .endsWith("cel expression must evaluate to a bool");
    }

    @Test
    void mustNotCostTooMuch() {
        assertThat(refused("costly", "Costly", """
                spec:
                  type: array
                  items: {type: string}
                  x-kubernetes-validations: [{rule: 'self.all(a, self.all(b, a == b))'}]
                """).message())
                .contains(
                        "estimated rule cost exceeds budget by factor of more than 100x (try simplifying the rule, or"
                                + " adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)");
    }

    @Test
    void lookAtThePastOnlyWhereThereIsOne() {
        assertThat(refused("pasts", "Past", """
                spec: {type: array, items: {type: integer, x-kubernetes-validations: [{rule: self >= oldSelf}]}}
                """).message())
                .contains("oldSelf cannot be used on the uncorrelatable portion of the schema within"
                        + " spec.validation.openAPIV3Schema.properties[spec]");
        assertThat(refused("pasts", "Past", """
                spec: {type: integer, x-kubernetes-validations: [{rule: self > 1, optionalOldSelf: true}]}
                """).message()).contains("may not be set if oldSelf is not used in rule");
    }
}
