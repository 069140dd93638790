package dev.longshore.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonPatchTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'a':1} | [{'op':'add','path':'/b','value':2}] | {'a':1,'b':2}",
                "{'a':[1,3]} | [{'op':'add','path':'/a/1','value':2}] | {'a':[1,2,3]}",
                "{'a':[1]} | [{'op':'add','path':'/a/-','value':2}] | {'a':[1,2]}",
                "{'a':1,'b':2} | [{'op':'remove','path':'/a'}] | {'b':2}",
                "{'a':{'x/y':1,'~':2}} | [{'op':'replace','path':'/a/x~1y','value':3}] | {'a':{'x/y':3,'~':2}}",
                "{'a':{'b':1},'c':{}} | [{'op':'move','from':'/a/b','path':'/c/d'}] | {'a':{},'c':{'d':1}}",
                "{'a':[{'b':1}]} | [{'op':'copy','from':'/a/0','path':'/a/1'}] | {'a':[{'b':1},{'b':1}]}",
                "{'a':1.0} | [{'op':'test','path':'/a','value':1},{'op':'remove','path':'/a'}] | {}",
                "{'a':1} | [{'op':'replace','path':'','value':[1]}] | [1]",
                "{'a':1} | [{'op':'replace','path':'/b','value':2}] | {'a':1,'b':2}",
                "{'a':[1,2]} | [{'op':'add','path':'/a/-1','value':3},{'op':'remove','path':'/a/-3'}] | {'a':[2,3]}",
                "{'a':1} | [{'op':'test','path':'/b','value':null},{'op':'add','path':'/b'}] | {'a':1,'b':null}"
            })
    void appliesWhatRfc6902Defines(String target, String patch, String expected) {
        var result = JsonPatch.apply(json(target), json(patch));

        assertThat(result).isEqualTo(json(expected));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[{'op':'test','path':'/a','value':2}] | 422",
                "[{'op':'remove','path':'/b'}] | 422",
                "[{'op':'replace','path':'/l/2','value':1}] | 422",
                "[{'op':'add','path':'','value':{}}] | 422",
                "[{'op':'copy','from':'/b/c','path':'/d'}] | 422",
                "[{'op':'add','path':'/l/3','value':1}] | 422",
                "[{'op':'add','path':'/l/x','value':1}] | 422",
                "[{'op':'move','from':'/l','path':'/l/0'}] | 422",
                "[{'op':'jump','path':'/a'}] | 422",
                "[{'op':'add','path':'a','value':1}] | 422",
                "[{'op':'add','value':1}] | 422",
                "[null] | 422"
            })
    void refusesWhatCannotBeApplied(String patch, int code) {
        var target = json("{'a':1,'l':[0,1]}");

        assertThatThrownBy(() -> JsonPatch.apply(target, json(patch)))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refusal -> assertThat(refusal.fault().code()).isEqualTo(code));
        assertThat(target).isEqualTo(json("{'a':1,'l':[0,1]}"));
    }

    @Test
    void aFailedOperationLeavesNothingOfThoseBeforeIt() {
        var target = json("{'a':1}");

        assertThatThrownBy(() -> JsonPatch.apply(
                        target, json("[{'op':'replace','path':'/a','value':2},{'op':'test','path':'/a','value':3}]")))
                .isInstanceOf(FaultException.class);
        assertThat(target).isEqualTo(json("{'a':1}"));
    }

    private static tools.jackson.databind.JsonNode json(String text) {
        return Json.parse(text.replace('\'', '"'));
    }
}
