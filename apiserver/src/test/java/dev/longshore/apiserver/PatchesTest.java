package dev.longshore.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class PatchesTest {

    private static final String WIDGETS = "/api/v1/namespaces/default/widgets";
    private static final String WEB = WIDGETS + "/web";

    private final Desk desk = new Desk();

    @BeforeEach
    void create() {
        desk.post(WIDGETS, "{'metadata':{'name':'web'},'spec':{'color':'red','parts':[{'name':'p'}]}}");
    }

    @AfterEach
    void close() {
        desk.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "json-patch+json | [{'op':'test','path':'/spec/color','value':'blue'}] | 422 | the server rejected our request due to an error in our request",
                "json-patch+json | [{'op':'remove','path':'/spec/nothing'}] | 422 | the server rejected our request due to an error in our request",
                "json-patch+json | {} | 400 | error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp",
                "json-patch+json | [{'op':1}] | 400 | error decoding patch: json: cannot unmarshal number into Go struct field jsonPatchOp.op of type string",
                "json-patch+json | [{'op':'replace','path':'','value':[]}] | 422 |  \"\" is invalid: patch: Invalid value: \"[]\": json: cannot unmarshal array into Go value",
                "merge-patch+json | [] | 400 | error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}",
                "merge-patch+json | {'spec':{'size':'x'}} | 422 |  \"\" is invalid: patch: Invalid value: \"{",
                "merge-patch+json | {'metadata':{'name':'other'}} | 400 | the name of the object (other) does not match the name on the URL (web)",
                "merge-patch+json | {'metadata':{'namespace':'other'}} | 400 | the namespace of the provided object does not match the namespace sent on the request",
                "strategic-merge-patch+json | {'spec':{'size':'x'}} | 422 |  \"\" is invalid: patch: Invalid value: \"map[spec:map[size:x]]\": unrecognized type: int64",
                "strategic-merge-patch+json | {'spec':{'parts':'x'}} | 422 |  \"\" is invalid: patch: Invalid value: \"map[spec:map[parts:x]]\": cannot restore slice from string",
                "strategic-merge-patch+json | {'spec':{'parts':[{'n':1}]}} | 400 | map: map[n:1] does not contain declared merge key: name",
                "strategic-merge-patch+json | {'spec':{'$patch':'zap'}} | 400 | unknown patch type: zap in map: map[$patch:zap]",
                "apply-patch+cbor | {} | 415 | the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml",
                "json | {} | 415 | the body of the request was in an unknown format - accepted media types include:"
            })
    void aBadPatchIsRefusedAndChangesNothing(String type, String patch, int status, String message) {
        JsonNode before = desk.get(WEB).json();

        var refused = desk.patch(WEB, type, patch);

        assertThat(refused.status()).isEqualTo(status);
        assertThat(refused.json().path("message").asString().strip()).startsWith(message.strip());
        assertThat(desk.get(WEB).json()).isEqualTo(before);
    }

    @Test
    void aKindWithoutSchemaTakesNoStrategicPatch() {
        desk.put("/apis/example.com/v1/gadgets/g", "{'metadata':{'name':'g'},'spec':{'old':1}}");

        var refused = desk.patch("/apis/example.com/v1/gadgets/g", "strategic-merge-patch+json", "{}");

        assertThat(refused.status()).isEqualTo(415);
        assertThat(refused.json().path("reason").asString()).isEqualTo("UnsupportedMediaType");
        assertThat(refused.json().path("message").asString()).doesNotContain("strategic");
    }

    @Test
    void aFailedTestIsToldAsInvalidWithEmptyDetails() {
        var refused = desk.patch(WEB, "json-patch+json", "[{'op':'test','path':'/spec/color','value':'blue'}]");

        assertThat(refused.json().path("reason").asString()).isEqualTo("Invalid");
        assertThat(refused.json().path("details")).isEmpty();
        assertThat(refused.json().has("details")).isTrue();
    }

    @Test
    void tooManyOperationsAreTooLarge() {
        String operation = "{'op':'test','path':'/spec/color','value':'red'}";
        String patch = "[" + (operation + ",").repeat(10_000) + operation + "]";

        var refused = desk.patch(WEB, "json-patch+json", patch);

        assertThat(refused.status()).isEqualTo(413);
        assertThat(refused.json().path("message").asString())
                .contains("The allowed maximum operations in a JSON patch is 10000, got 10001");
    }

    @Test
    void unknownFieldsAreWarnedOfOrRefused() {
        var warned = desk.patch(WEB, "merge-patch+json", "{'spec':{'shape':1,'size':2}}");
        assertThat(warned.status()).isEqualTo(200);
        assertThat(warned.headers().all("Warning").toString()).contains("unknown field \\\"spec.shape\\\"");

        var strict = desk.patch(WEB + "?fieldValidation=Strict", "merge-patch+json", "{'spec':{'shape':1}}");
        assertThat(strict.status()).isEqualTo(422);
        assertThat(strict.json().path("message").asString())
                .endsWith("strict decoding error: unknown field \"spec.shape\"");
        var operation = desk.patch(
                WEB + "?fieldValidation=Strict", "json-patch+json", "[{'op':'remove','path':'/spec/size','foo':1}]");
        assertThat(operation.json().path("message").asString())
                .endsWith("strict decoding error: json patch unknown field \"[0].foo\"");
    }
}
