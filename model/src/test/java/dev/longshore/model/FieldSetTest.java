package dev.longshore.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.longshore.base.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class FieldSetTest {

    @Test
    void stepsAreOrderedByKindAndNumbersAsNumbers() {
        FieldSet set = FieldsV1.parse(json("""
                {'v:10':{},'k:{`p`:443}':{},'i:2':{},'f:b':{},'v:9':{},'k:{`p`:80,`n`:`x`}':{},'k:{`p`:80}':{},
                'f:a':{},'v:`x`':{},'i:10':{}}"""));

        assertThat(set.paths())
                .containsExactly(
                        ".a", ".b", "[n=\"x\",p=80]", "[p=80]", "[p=443]", "[=9]", "[=10]", "[=\"x\"]", "[2]", "[10]");
    }

    @Test
    void oneStepHasOneSpelling() {
        FieldSet set = FieldsV1.parse(json("{'k:{`b`:1,`a`:`<`}':{},'v:`a&b`':{}}"));

        assertThat(FieldsV1.print(set).propertyNames())
                .containsExactly("k:{\"a\":\"\\u003c\",\"b\":1}", "v:\"a\\u0026b\"");
    }

    @Test
    void placesOnTheWayAreMembersOnlyWhereADotSaysSo() {
        FieldSet set = FieldsV1.parse(json("{'f:a':{'.':{},'f:b':{}},'f:c':{'f:d':{}},'f:e':{'.':{}},'.':{}}"));

        assertThat(set.paths()).containsExactly(".a", ".e", ".a.b", ".c.d");
        assertThat(FieldsV1.print(set).toString())
                .isEqualTo("{\"f:a\":{\".\":{},\"f:b\":{}},\"f:c\":{\"f:d\":{}},\"f:e\":{}}");
    }

    @Test
    void aMapOfVeryManyKeysIsSortedInNoTime() {
        var keys = new ArrayList<Integer>();
        for (int i = 0; i < 300_000; i++) {
            keys.add(i);
        }
        Collections.shuffle(keys, new Random(1));
        ObjectNode map = Json.object();
        keys.forEach(key -> map.put("key" + key, ""));
        TypedShape shape = new TypedTree(new Shapes()).shape(Schema.ANYTHING);

        FieldSet set = assertTimeoutPreemptively(Duration.ofSeconds(20), () -> FieldPlaces.everything(map, shape));

        assertThat(set.size()).isEqualTo(300_000);
        assertThat(set.step(1).name()).isEqualTo("key1");
        assertThat(set.step(2).name()).isEqualTo("key10");
    }

    @Test
    void stepsOfUnknownKindsAreDroppedAndNonsenseIsRefused() {
        assertThat(FieldsV1.parse(json("{'z:1':{},'f:a':{'q:x':{}}}")).paths()).containsExactly(".a");
        for (String broken : List.of("{'x':{}}", "{'k:[1]':{}}", "{'v:{':{}}", "{'i:x':{}}", "{'f:a':1}", "[]")) {
            assertThatThrownBy(() -> FieldsV1.parse(json(broken))).isInstanceOf(Json.MalformedException.class);
        }
    }

    @Test
    void whatIsOutOfReachIsDroppedWithAllBelowIt() {
        FieldSet set = FieldsV1.parse(json("""
                {'f:metadata':{'f:labels':{'.':{},'f:a':{}},'f:name':{}},'f:spec':{'.':{},'f:containers':{
                'k:{`name`:`a`}':{'.':{},'f:resources':{'.':{},'f:limits':{}},'f:image':{}}}},'f:status':{'f:x':{}}}"""));

        assertThat(Reach.allBut("status", "metadata.labels", "spec.nothing")
                        .filter(set)
                        .paths())
                .containsExactly(
                        ".spec",
                        ".metadata.name",
                        ".spec.containers[name=\"a\"]",
                        ".spec.containers[name=\"a\"].image",
                        ".spec.containers[name=\"a\"].resources",
                        ".spec.containers[name=\"a\"].resources.limits");
        assertThat(Reach.only("spec.containers.*.resources").filter(set).paths())
                .containsExactly(
                        ".spec",
                        ".spec.containers[name=\"a\"]",
                        ".spec.containers[name=\"a\"].resources",
                        ".spec.containers[name=\"a\"].resources.limits");
        assertThat(Reach.ALL.filter(set)).isSameAs(set);
    }

    /// Quotes are single, and within strings backticks.
    private static JsonNode json(String text) {
        return Json.parse(text.replace('\'', '"').replace("`", "\\\""));
    }
}
