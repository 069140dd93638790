package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReviewTableTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json;as=Table;v=v1;g=meta.k8s.io",
                "application/json;as=Table;v=v1beta1;g=meta.k8s.io",
            })
    void aReviewHasNoRowsToShow(String accept) {
        try (var api = new WholeApi("")) {
            var refused = api.send(
                    "POST",
                    "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                    "{'spec':{'resourceAttributes':{'verb':'get','resource':'pods'}}}",
                    "Content-Type",
                    "application/json",
                    "Accept",
                    accept);

            assertThat(refused.status()).isEqualTo(406);
            assertThat(refused.json().path("reason").asString()).isEqualTo("NotAcceptable");
            assertThat(refused.json().path("message").asString())
                    .startsWith("only the following media types are accepted: application/json");
        }
    }
}
