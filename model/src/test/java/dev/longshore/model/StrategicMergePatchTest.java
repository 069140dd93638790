package dev.longshore.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Json;
import org.junit.jupiter.api.Test;
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
