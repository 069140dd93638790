package dev.longshore.apiserver.aggregation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Json;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class DiscoveryFormsTest {

    private static JsonNode json(String text) {
        return Json.parse(text.replace('\'', '"'));
    }

    @Test
    void theOldFormIsToldAsTheNewOne() {
        var told = DiscoveryForms.plain(json("""
                {'resources':[
                 {'name':'trouts/status','namespaced':true,'kind':'Trout','verbs':['get']},
                 {'name':'trouts','singularName':'trout','namespaced':true,'kind':'Trout','verbs':['get','list'],'shortNames':['tr']},
                 {'name':'ponds/water','namespaced':false,'kind':'Water','group':'w','version':'v3','verbs':['get']}]}"""));

        assertThat(told.orElseThrow()).isEqualTo(json("""
                [{'resource':'trouts','responseKind':{'group':'','version':'','kind':'Trout'},'scope':'Namespaced',\
                'singularResource':'trout','verbs':['get','list'],'shortNames':['tr'],'subresources':[{'subresource':'status',\
                'responseKind':{'group':'','version':'','kind':'Trout'},'verbs':['get']}]},\
                {'resource':'ponds','responseKind':{'group':'','version':'','kind':''},'scope':'Cluster','subresources':[{\
                'subresource':'water','responseKind':{'group':'w','version':'v3','kind':'Water'},'verbs':['get']}]}]"""));
    }

    @Test
    void onlyTheOwnVersionIsReadFromTheNewForm() {
        JsonNode list = json("""
                {'items':[{'metadata':{'name':'apps'},'versions':[{'version':'v1','resources':[{'resource':'evil'}]}]},
                 {'metadata':{'name':'fish'},'versions':[{'version':'v2','resources':[]},
                  {'version':'v1','resources':[{'resource':'trouts','scope':'Namespaced','verbs':['get'],'odd':{'x':1}}]}]}]}""");

        assertThat(DiscoveryForms.aggregated(list, "fish", "v1").orElseThrow())
                .isEqualTo(json("[{'resource':'trouts','responseKind':{'group':'','version':'','kind':''},"
                        + "'scope':'Namespaced','verbs':['get']}]"));
        assertThat(DiscoveryForms.aggregated(list, "fish", "v3")).isEmpty();
    }

    @Test
    void whatIsNeitherIsNothing() {
        assertThat(DiscoveryForms.plain(json("{'resources':'all'}"))).isEmpty();
        assertThat(DiscoveryForms.plain(json("[]"))).isEmpty();
        assertThat(DiscoveryForms.aggregated(json("{'items':{'a':1}}"), "fish", "v1"))
                .isEmpty();
        assertThat(DiscoveryForms.plain(json("{'resources':[1,'x',{}]}")).orElseThrow())
                .hasSize(1);
    }
}
