package dev.longshore.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SetOperatorsTest {

    @ParameterizedTest
    @CsvSource({
        "In,zone,true,false",
        "NotIn,zone,false,true",
        "Exists,zone,true,true",
        "DoesNotExist,zone,false,false",
        "In,color,false,false",
        "NotIn,color,true,true",
        "Exists,color,false,false",
        "DoesNotExist,color,true,true",
        "Near,zone,false,false"
    })
    void askForWhatIsInTheSetOrForWhatIsThere(String operator, String key, boolean ofA, boolean ofB) {
        Map<String, String> labels = Map.of("zone", "a");

        assertThat(SetOperators.fits(labels, key, operator, List.of("a"))).isEqualTo(ofA);
        assertThat(SetOperators.fits(labels, key, operator, List.of("b"))).isEqualTo(ofB);
    }
}
