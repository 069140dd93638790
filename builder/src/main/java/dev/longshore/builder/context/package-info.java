/// Build contexts that are kept between builds.
package dev.longshore.builder.context;
