"""The shapes of saved objects that Kibana 9.4 takes and that these dashboards rely on; where each comes from stands in
docs/reference/kibana.md. What Kibana refuses beside them is refused here too: unknown attributes of a dashboard."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, Json, StringConstraints


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Reference(_Closed):
    type: str
    id: str
    name: str


class KqlQuery(_Closed):
    query: str
    language: Literal["kuery"]


class _SavedObject(_Closed):
    id: Annotated[str, StringConstraints(min_length=1)]
    references: list[Reference]
    managed: bool
    coreMigrationVersion: Literal["8.8.0"]


class TagAttributes(_Closed):
    name: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    description: str
    color: Annotated[str, StringConstraints(pattern="^#[0-9a-f]{6}$")]


class Tag(_SavedObject):
    type: Literal["tag"]
    typeMigrationVersion: Literal["8.0.0"]
    attributes: TagAttributes


class RuntimeScript(_Closed):
    source: str


class RuntimeField(_Closed):
    type: Literal["long", "keyword"]
    script: RuntimeScript


class DataViewAttributes(_Closed):
    title: Annotated[str, StringConstraints(min_length=1)]
    name: str
    timeFieldName: str | None = None
    fieldAttrs: Json[dict[str, Any]]
    fieldFormatMap: Json[dict[str, Any]]
    fields: Json[list[Any]]
    runtimeFieldMap: Json[dict[str, RuntimeField]]
    sourceFilters: Json[list[Any]]
    typeMeta: Json[dict[str, Any]]
    allowNoIndex: bool


class DataView(_SavedObject):
    type: Literal["index-pattern"]
    typeMigrationVersion: Literal["8.0.0"]
    attributes: DataViewAttributes


class GridData(_Closed):
    x: Annotated[int, Field(ge=0, lt=48)]
    y: Annotated[int, Field(ge=0)]
    w: Annotated[int, Field(ge=1, le=48)]
    h: Annotated[int, Field(ge=1)]
    i: str


class Column(_Closed):
    """A column of a layer; `params` differ by operation and are looked at by kibana/check.py."""

    label: str
    customLabel: Literal[True]
    isBucketed: bool
    operationType: Literal[
        "date_histogram", "terms", "filters", "count", "sum", "average", "min", "max", "median", "percentile",
        "unique_count", "math", "formula",
    ]  # fmt: skip
    dataType: Literal["date", "string", "number"]
    scale: Literal["interval", "ordinal", "ratio"]
    sourceField: str | None = None
    filter: KqlQuery | None = None
    references: list[str] | None = None
    params: dict[str, Any]


class Layer(_Closed):
    columnOrder: Annotated[list[str], Field(min_length=1)]
    columns: dict[str, Column]
    incompleteColumns: dict[str, Any]
    sampling: Literal[1]


class FormBased(_Closed):
    layers: dict[str, Layer]


class DatasourceStates(_Closed):
    formBased: FormBased


class LensState(_Closed):
    datasourceStates: DatasourceStates
    visualization: dict[str, Any]
    query: KqlQuery
    filters: list[Any]
    internalReferences: list[Reference]
    adHocDataViews: dict[str, Any]


class LensAttributes(_Closed):
    title: str
    description: str
    visualizationType: Literal["lnsMetric", "lnsXY", "lnsDatatable"]
    references: list[Reference]
    state: LensState


class EmbeddableConfig(_Closed):
    title: str
    description: str
    enhancements: dict[str, Any]
    attributes: LensAttributes


class Panel(_Closed):
    type: Literal["lens"]
    panelIndex: str
    gridData: GridData
    embeddableConfig: EmbeddableConfig


class Options(_Closed):
    useMargins: bool
    syncColors: bool
    syncCursor: bool
    syncTooltips: bool
    hidePanelTitles: bool


class SearchSource(_Closed):
    query: KqlQuery
    filter: list[Any]


class SavedObjectMeta(_Closed):
    searchSourceJSON: Json[SearchSource]


class RefreshInterval(_Closed):
    pause: bool
    value: int


class DashboardAttributes(_Closed):
    title: Annotated[str, StringConstraints(min_length=1)]
    description: str
    panelsJSON: Json[list[Panel]]
    optionsJSON: Json[Options]
    timeRestore: bool
    timeFrom: str
    timeTo: str
    refreshInterval: RefreshInterval
    kibanaSavedObjectMeta: SavedObjectMeta


class Dashboard(_SavedObject):
    type: Literal["dashboard"]
    typeMigrationVersion: Literal["10.2.0"]
    attributes: DashboardAttributes


SavedObject = Annotated[Tag | DataView | Dashboard, Field(discriminator="type")]
