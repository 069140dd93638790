package dev.longshore.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// What the machine compares and copies on every write.
final class PlainCopyTest {

    private static final Strategy PLAIN = new Strategy() {};

    @Test
    void aPlainCopyEqualsWhatIsPrintedAndReadAgain() {
        ObjectNode tree = Json.object();
        tree.put("int", 1).put("long", 2L).put("short", (short) 3).put("large", 1L << 40);
        tree.put("huge", BigInteger.TWO.pow(80)).put("double", 1.5).put("float", 0.1f);
        tree.put("whole", 1.0)
                .put("decimal", new BigDecimal("1.50"))
                .put("text", "7")
                .put("yes", true);
        tree.putNull("nothing");
        tree.putObject("map").putArray("list").add(4L).addObject().put("deep", 5L);
        var object = new Resource(tree);
        assertThat(object.plain()).isEqualTo(Resource.parse(object.bytes())).isNotEqualTo(object);
        assertThat(new String(object.plain().bytes(), StandardCharsets.UTF_8))
                .isEqualTo(new String(Resource.parse(object.bytes()).bytes(), StandardCharsets.UTF_8));
    }

    @Test
    void aPlainCopyIsIndependent() {
        Resource object = object("{'kind':'Pod','spec':{'list':[{'a':1}]}}");
        Resource copy = object.plain();
        ((ObjectNode) copy.at("spec", "list").get(0)).put("a", 2);
        assertThat(object.at("spec", "list").get(0).path("a").asInt()).isEqualTo(1);
    }

    @Test
    void onlyAnotherValueOutsideMetadataAndStatusIsANewGeneration() {
        Resource old = object("{'kind':'A','metadata':{'name':'x'},'spec':{'n':1,'m':2},'status':{'a':1}}");
        Resource same = object("{'kind':'A','metadata':{'name':'y'},'status':{'a':2}}");
        same.tree().putObject("spec").put("m", 2L).put("n", 1L);
        assertThat(PLAIN.isNewGeneration(same, old)).isFalse();
        same.object("spec").put("n", 3);
        assertThat(PLAIN.isNewGeneration(same, old)).isTrue();
        assertThat(PLAIN.isNewGeneration(object("{'kind':'A'}"), old)).isTrue();
        same.object("spec").put("n", 1);
        same.tree().put("data", "");
        assertThat(PLAIN.isNewGeneration(same, old)).isTrue();
    }

    @Test
    void aStatusUpdatePutsBackAllElseAndSharesNothing() {
        Resource old = object("{'kind':'A','metadata':{'name':'x'},'spec':{'n':1},'data':{'k':'v'},'status':{'a':1}}");
        Resource object = object("{'kind':'A','metadata':{'name':'y'},'spec':{'n':2},'status':{'a':2}}");
        PLAIN.prepareForStatusUpdate(call(), object, old);
        assertThat(object)
                .isEqualTo(object(
                        "{'kind':'A','metadata':{'name':'y'},'spec':{'n':1},'data':{'k':'v'},'status':{'a':2}}"));
        object.object("spec").put("n", 9);
        assertThat(old.at("spec", "n").asInt()).isEqualTo(1);
    }

    @Test
    void aStatusUpdateWithoutStatusDropsIt() {
        Resource old = object("{'kind':'A','status':{'a':1}}");
        for (String without : List.of("{'kind':'A','metadata':{}}", "{'kind':'A','metadata':{},'status':null}")) {
            Resource object = object(without);
            PLAIN.prepareForStatusUpdate(call(), object, old);
            assertThat(object).isEqualTo(object("{'kind':'A','metadata':{}}"));
        }
    }

    private static Call call() {
        return new Call(UserInfo.of("somebody"), false, new ArrayList<>());
    }

    private static Resource object(String quoted) {
        return Resource.parse(quoted.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }
}
