package dev.longshore.journeys;

import org.junit.platform.suite.api.ExcludeClassNamePatterns;
import org.junit.platform.suite.api.ExcludeEngines;
import org.junit.platform.suite.api.ExcludeTags;
import org.junit.platform.suite.api.IncludeClassNamePatterns;
import org.junit.platform.suite.api.SelectPackages;
import org.junit.platform.suite.api.Suite;

/// The journeys that need no container, nor anything else of the host, but for [KubectlJourneys].
@Suite
@SelectPackages("dev.longshore.journeys")
@IncludeClassNamePatterns(".*Test")
@ExcludeClassNamePatterns(KubectlJourneys.CLASSES)
@ExcludeTags(ContainerJourneys.TAG)
@ExcludeEngines("junit-platform-suite")
final class HollowJourneys {

    private HollowJourneys() {}
}
