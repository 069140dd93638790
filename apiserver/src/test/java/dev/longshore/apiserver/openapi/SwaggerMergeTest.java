package dev.longshore.apiserver.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Json;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class SwaggerMergeTest {

    private static ObjectNode json(String text) {
        return (ObjectNode) Json.parse(text.replace('\'', '"'));
    }

    private static ObjectNode fish() {
        return json("""
                {'swagger':'2.0','info':{},'paths':{
                  '/apis/fish/v1/trouts':{'get':{'schema':{'$ref':'#/definitions/Trout'},'p':[{'$ref':'#/parameters/pretty'}]}},
                  '/apis/fish/v2/trouts':{'get':{'schema':{'$ref':'#/definitions/Other'}}},
                  '/api/v1/pods':{'get':{'schema':{'$ref':'#/definitions/Pod'}}}},
                 'definitions':{'Trout':{'properties':{'meta':{'$ref':'#/definitions/Meta'}}},'Meta':{'type':'object','theirs':1},
                  'Other':{},'Pod':{},'Loop':{'$ref':'#/definitions/Loop'}},
                 'parameters':{'pretty':{'name':'pretty'},'unused':{}}}""");
    }

    @Test
    void onlyWhatLiesBelowItsOwnPathsIsTakenWithWhatThatNeeds() {
        ObjectNode share = SwaggerMerge.below(fish(), "/apis/fish/v1/");

        assertThat(share.path("paths").propertyNames()).containsExactly("/apis/fish/v1/trouts");
        assertThat(share.path("definitions").propertyNames()).containsExactly("Trout", "Meta");
        assertThat(share.path("parameters").propertyNames()).containsExactly("pretty");
    }

    @Test
    void aDefinitionOfTheSameNameThatIsAnotherGetsANameOfItsOwn() {
        ObjectNode whole = json("{'paths':{'/api':{}},'definitions':{'Meta':{'type':'object'}},'parameters':{}}");

        SwaggerMerge.into(whole, SwaggerMerge.below(fish(), "/apis/fish/v1/"));

        assertThat(whole.path("definitions").propertyNames()).containsExactly("Meta", "Trout", "Meta_v2");
        assertThat(whole.at("/definitions/Trout/properties/meta/$ref").asString())
                .isEqualTo("#/definitions/Meta_v2");
        assertThat(whole.at("/paths").propertyNames()).containsExactly("/api", "/apis/fish/v1/trouts");
    }

    @Test
    void aDefinitionThatIsTheSameButForItsKindsIsShared() {
        ObjectNode whole = json(
                "{'paths':{},'definitions':{'Meta':{'type':'object','theirs':1,'x-kubernetes-group-version-kind':[1]}}}");

        SwaggerMerge.into(whole, SwaggerMerge.below(fish(), "/apis/fish/v1/"));

        assertThat(whole.path("definitions").propertyNames()).containsExactly("Meta", "Trout");
    }

    @Test
    void whatIsThereStaysAsItIs() {
        ObjectNode whole = json("{'paths':{'/apis/fish/v1/trouts':{'mine':true}},'definitions':{}}");

        SwaggerMerge.into(whole, SwaggerMerge.below(fish(), "/apis/fish/v1/"));

        assertThat(whole.at("/paths/~1apis~1fish~1v1~1trouts/mine").asBoolean()).isTrue();
    }

    @Test
    void whatIsNoDescriptionHasNoShare() {
        assertThat(SwaggerMerge.below(json("{'paths':[1],'definitions':'x'}"), "/apis/fish/v1/")
                        .path("paths"))
                .isEmpty();
    }
}
