package dev.longshore.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class StrategicMergePatchTest {

    @Test
    void mergesListsByTheirKeyAndPutsNewElementsFirst() {
        var result = patched(
                "{'containers':[{'name':'a','image':'1'},{'name':'b','image':'1'}]}",
                "{'containers':[{'name':'c','image':'1'},{'name':'b','image':'2'}]}");

        assertThat(result)
                .isEqualTo(spec(
                        "{'containers':[{'name':'c','image':'1'},{'name':'a','image':'1'},{'name':'b','image':'2'}]}"));
    }

    @Test
    void deletesTheElementThatADirectiveNames() {
        var result = patched(
                "{'containers':[{'name':'a'},{'name':'b'}]}", "{'containers':[{'$patch':'delete','name':'a'}]}");

        assertThat(result).isEqualTo(spec("{'containers':[{'name':'b'}]}"));
    }

    @Test
    void replacesAWholeListWhenToldTo() {
        var result = patched("{'containers':[{'name':'a'}]}", "{'containers':[{'$patch':'replace'},{'name':'z'}]}");

        assertThat(result).isEqualTo(spec("{'containers':[{'name':'z'}]}"));
    }

    @Test
    void mergesWithinElements() {
        var result = patched(
                "{'containers':[{'name':'a','image':'1','ports':[{'port':80}]}]}",
                "{'containers':[{'name':'a','image':null,'ports':[{'port':80,'name':'web'},{'port':90}]}]}");

        assertThat(result)
                .isEqualTo(spec("{'containers':[{'name':'a','ports':[{'port':80,'name':'web'},{'port':90}]}]}"));
    }

    @Test
    void listsWithoutMergeStrategyAreReplaced() {
        assertThat(patched("{'args':['a','b']}", "{'args':['c']}")).isEqualTo(spec("{'args':['c']}"));
    }

    @Test
    void primitiveListsAreJoinedAndThinnedOut() {
        assertThat(patched("{'finalizers':['a','b']}", "{'finalizers':['a','c']}"))
                .isEqualTo(spec("{'finalizers':['a','c','b']}"));
        assertThat(patched("{'finalizers':['a','b']}", "{'$deleteFromPrimitiveList/finalizers':['a']}"))
                .isEqualTo(spec("{'finalizers':['b']}"));
    }

    @Test
    void elementsFollowTheOrderThatThePatchSets() {
        var result = patched(
                "{'containers':[{'name':'a'},{'name':'x'},{'name':'b'}]}",
                "{'$setElementOrder/containers':[{'name':'b'},{'name':'a'},{'name':'c'}],'containers':[{'name':'c'}]}");

        assertThat(result).isEqualTo(spec("{'containers':[{'name':'x'},{'name':'b'},{'name':'a'},{'name':'c'}]}"));
    }

    @Test
    void retainKeysDropsWhatIsNotNamed() {
        var result = patched(
                "{'strategy':{'type':'Rolling','rolling':{'surge':1}}}",
                "{'strategy':{'$retainKeys':['type'],'type':'Recreate'}}");

        assertThat(result).isEqualTo(spec("{'strategy':{'type':'Recreate'}}"));
    }

    @Test
    void aMapCanBeReplacedOrEmptied() {
        assertThat(patched("{'labels':{'a':'1'}}", "{'labels':{'$patch':'replace','b':'2'}}"))
                .isEqualTo(spec("{'labels':{'b':'2'}}"));
        assertThat(patched("{'labels':{'a':'1','b':'2'}}", "{'labels':{'a':null}}"))
                .isEqualTo(spec("{'labels':{'b':'2'}}"));
    }

    @Test
    void aDirectiveInAListDeletesElementsOrReplacesAll() {
        String three = "{'containers':[{'name':'a','image':'1'},{'name':'b'},{'name':'c'}]}";

        assertThat(patched(three, "{'containers':[{'name':'b','$patch':'delete'},{'name':'a','image':'2'}]}"))
                .isEqualTo(spec("{'containers':[{'name':'a','image':'2'},{'name':'c'}]}"));
        assertThat(patched(three, "{'containers':[{'$patch':'replace'},{'name':'d'}]}"))
                .isEqualTo(spec("{'containers':[{'name':'d'}]}"));
        assertThat(patched(three, "{'containers':[{'name':'a','$patch':'replace','image':'9'},{'name':'d'}]}"))
                .isEqualTo(spec("{'containers':[{'name':'d'}]}"));
    }

    @Test
    void aMapThatADirectiveDeletesIsEmptyThen() {
        assertThat(patched("{'labels':{'a':'1'},'replicas':1}", "{'labels':{'$patch':'delete'}}"))
                .isEqualTo(spec("{'labels':{},'replicas':1}"));
        assertThat(patched("{'replicas':1}", "{'labels':{'$patch':'delete'}}")).isEqualTo(spec("{'replicas':1}"));
    }

    @Test
    void valuesAreDeletedFromAListOfPlainValues() {
        assertThat(patched(
                        "{'finalizers':['x','y','z']}",
                        "{'$deleteFromPrimitiveList/finalizers':['y'],'$setElementOrder/finalizers':['z','x']}"))
                .isEqualTo(spec("{'finalizers':['z','x']}"));
        assertThat(patched("{'replicas':1}", "{'$deleteFromPrimitiveList/finalizers':['y']}"))
                .isEqualTo(spec("{'replicas':1}"));
    }

    @Test
    void retainedKeysDropTheOthersAndNamesAllThatThePatchSets() {
        assertThat(patched(
                        "{'strategy':{'type':'Rolling','rolling':{'surge':1}}}",
                        "{'strategy':{'$retainKeys':['type'],'type':'Recreate'}}"))
                .isEqualTo(spec("{'strategy':{'type':'Recreate'}}"));
        refused("{'strategy':{'type':'x'}}", "{'strategy':{'$retainKeys':['type'],'rolling':{}}}", 400);
        refused("{'strategy':{'type':'x'}}", "{'strategy':{'$retainKeys':'type'}}", 400);
    }

    @Test
    void twoElementsOfOneKeyAreBothKept() {
        assertThat(patched(
                        "{'containers':[{'name':'a','ports':[{'port':53,'name':'t'},{'port':53,'name':'u'}]}]}",
                        "{'containers':[{'name':'a','ports':[{'port':53,'name':'x'},{'port':1}]}]}"))
                .isEqualTo(
                        spec(
                                "{'containers':[{'name':'a','ports':[{'port':53,'name':'x'},{'port':53,'name':'u'},{'port':1}]}]}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'labels':{'$patch':'zap'}} | 400 | unknown patch type: zap in map: map[$patch:zap]",
                "{'containers':[{'name':'a','$patch':'merge'}]} | 400 | merging lists cannot yet be specified in the patch",
                "{'containers':[{'$patch':'delete'}]} | 400 | map: map[$patch:delete] does not contain declared merge key: name",
                "{'containers':['x']} | 400 | list element types are not identical: [[map[name:a]] [x]]",
                "{'$setElementOrder/containers':{}} | 400 | expected a []interface {}, but received a map[string]interface {}",
                "{'$setElementOrder/nowhere':5} | 400 | expected a []interface {}, but received a int64",
                "{'$deleteFromPrimitiveList/finalizers':7} | 400 | expected a []interface {}, but received a int64",
                "{'$deleteFromPrimitiveList/nowhere':7} | 400 | expected a []interface {}, but received a int64",
                "{'strategy':{'$deleteFromPrimitiveList/x':7}} | 400 | expected a []interface {}, but received a int64",
                "{'strategy':{'$setElementOrder/x':5}} | 400 | expected a []interface {}, but received a int64",
                "{'strategy':{'$patch':'zap'}} | 400 | unknown patch type: zap in map: map[$patch:zap]",
                "{'$setElementOrder':[]} | 400 | invalid patch format of setElementOrder list",
                "{'$deleteFromPrimitiveList':[]} | 400 | invalid patch format of primitive list",
                "{'$setElementOrder/containers':[{'name':'b'}],'containers':[{'name':'a'}]} | 400 | The order in patch list:",
                "{'$setElementOrder/nothing':[{'name':'b'}]} | 400 | unable to find api field in struct ThingSpec for the json field \"nothing\"",
                "{'finalizers':[['x']]} | 422 | the server rejected our request due to an error in our request"
            })
    void nonsenseIsRefusedInTheReferencesWords(String patch, int code, String message) {
        assertThat(refused("{'labels':{'a':'1'},'containers':[{'name':'a'}],'finalizers':[]}", patch, code))
                .startsWith(message);
    }

    private static String refused(String spec, String patch, int code) {
        try {
            patched(spec, patch);
        } catch (FaultException refusal) {
            assertThat(refusal.fault().code()).isEqualTo(code);
            return refusal.fault().message();
        }
        throw new AssertionError("taken: " + patch);
    }

    @Test
    void anElementWithoutItsKeyIsRefused() {
        assertThatThrownBy(() -> patched("{'containers':[{'name':'a'}]}", "{'containers':[{'image':'x'}]}"))
                .hasMessageContaining("map: map[image:x] does not contain declared merge key: name");
    }

    private static ObjectNode patched(String spec, String patch) {
        return new StrategicMergePatch(new Shapes()).apply(spec(spec), spec(patch), Shapes.THING);
    }

    private static ObjectNode spec(String spec) {
        return (ObjectNode) Json.parse(("{'spec':" + spec + "}").replace('\'', '"'));
    }
}
