package dev.longshore.apiserver.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Json;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class SwaggerUpgradeTest {

    private static JsonNode json(String text) {
        return Json.parse(text.replace('\'', '"'));
    }

    @Test
    void saysInVersionThreeWhatVersionTwoSaid() {
        JsonNode old = json("""
                {'swagger':'2.0','info':{'title':'Fish','version':'1'},
                 'paths':{'/apis/fish/v1/trouts':{'parameters':[{'name':'ns','in':'path','required':true,'type':'string',\
                'uniqueItems':true},{'$ref':'#/parameters/pretty'}],
                  'post':{'operationId':'make','consumes':['a/b'],'produces':['c/d'],'schemes':['https'],
                   'parameters':[{'name':'body','in':'body','schema':{'$ref':'#/definitions/Trout'}},\
                {'name':'dry','in':'query','type':'string'}],
                   'responses':{'200':{'description':'OK','schema':{'$ref':'#/definitions/Trout'}}},'x-kubernetes-action':'post'}}},
                 'definitions':{'Trout':{'properties':{'next':{'$ref':'#/definitions/Trout'}}}},
                 'parameters':{'pretty':{'name':'pretty','in':'query','type':'string'}}}""");

        assertThat(SwaggerUpgrade.of(old)).isEqualTo(json("""
                {'openapi':'3.0.0','info':{'title':'Fish','version':'1'},
                 'paths':{'/apis/fish/v1/trouts':{'parameters':[{'name':'ns','in':'path','required':true,\
                'schema':{'type':'string','uniqueItems':true}},{'$ref':'#/components/parameters/pretty'}],
                  'post':{'operationId':'make','requestBody':{'content':{'a/b':{'schema':\
                {'$ref':'#/components/schemas/Trout'}}}},
                   'parameters':[{'name':'dry','in':'query','schema':{'type':'string'}}],'x-kubernetes-action':'post',
                   'responses':{'200':{'description':'OK','content':{'c/d':{'schema':\
                {'$ref':'#/components/schemas/Trout'}}}}}}}},
                 'components':{'schemas':{'Trout':{'properties':{'next':{'$ref':'#/components/schemas/Trout'}}}},
                  'parameters':{'pretty':{'name':'pretty','in':'query','schema':{'type':'string'}}}}}"""));
    }

    @Test
    void whatIsNoDescriptionBecomesAnEmptyOne() {
        JsonNode made = SwaggerUpgrade.of(json("{'paths':[1],'definitions':7}"));

        assertThat(made.path("paths")).isEmpty();
        assertThat(made.at("/components/schemas")).isEmpty();
    }
}
