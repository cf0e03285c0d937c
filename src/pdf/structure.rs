//! The document's structure for screen readers: headings, tables, rows and cells in reading order.

use lopdf::{Dictionary, Document, Object, ObjectId, dictionary};

/// What a part of the document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Document,
    Section,
    Heading1,
    Heading2,
    Paragraph,
    Table,
    Head,
    Body,
    Foot,
    Row,
    /// Head of a column.
    ColumnHead,
    /// Head of a row.
    RowHead,
    Cell,
}

impl Role {
    const fn name(self) -> &'static str {
        match self {
            Self::Document => "Document",
            Self::Section => "Sect",
            Self::Heading1 => "H1",
            Self::Heading2 => "H2",
            Self::Paragraph => "P",
            Self::Table => "Table",
            Self::Head => "THead",
            Self::Body => "TBody",
            Self::Foot => "TFoot",
            Self::Row => "TR",
            Self::ColumnHead | Self::RowHead => "TH",
            Self::Cell => "TD",
        }
    }

    const fn scope(self) -> Option<&'static str> {
        match self {
            Self::ColumnHead => Some("Column"),
            Self::RowHead => Some("Row"),
            _ => None,
        }
    }
}

/// A node of the structure, by number.
pub(super) type NodeId = usize;

struct Node {
    role: Role,
    parent: NodeId,
    columns: i64,
    kids: Vec<Kid>,
}

enum Kid {
    Node(NodeId),
    Content { page: usize, mark: i64 },
}

/// The tree while it grows: parts are opened and closed like tags.
pub(super) struct Structure {
    nodes: Vec<Node>,
    open: Vec<NodeId>,
}

impl Structure {
    pub fn new() -> Self {
        Self { nodes: vec![Node { role: Role::Document, parent: 0, columns: 1, kids: Vec::new() }], open: vec![0] }
    }

    pub fn current(&self) -> NodeId {
        self.open.last().copied().unwrap_or(0)
    }

    /// Opens a part that spans `columns` columns (1 outside tables).
    pub fn open(&mut self, role: Role, columns: i64) {
        let (id, parent) = (self.nodes.len(), self.current());
        self.nodes.push(Node { role, parent, columns, kids: Vec::new() });
        self.nodes[parent].kids.push(Kid::Node(id));
        self.open.push(id);
    }

    pub fn close(&mut self) {
        if self.open.len() > 1 {
            self.open.pop();
        }
    }

    /// Notes that content `mark` of `page` belongs to a node.
    pub fn attach(&mut self, node: NodeId, page: usize, mark: i64) {
        self.nodes[node].kids.push(Kid::Content { page, mark });
    }

    pub fn role_name(&self, node: NodeId) -> &'static str {
        self.nodes[node].role.name()
    }

    /// Writes the tree. `owners` are, for each page, the nodes of its marks in order.
    pub fn add_to(&self, document: &mut Document, pages: &[ObjectId], owners: &[Vec<NodeId>]) -> ObjectId {
        let root = document.new_object_id();
        let ids: Vec<ObjectId> = self.nodes.iter().map(|_| document.new_object_id()).collect();
        for (node, id) in self.nodes.iter().zip(&ids) {
            let parent = if *id == ids[0] { root } else { ids[node.parent] };
            document.set_object(*id, node.dictionary(parent, &ids, pages));
        }
        let numbers = owners.iter().zip(0_i64..).flat_map(|(nodes, page)| {
            let marks = nodes.iter().map(|node| Object::Reference(ids[*node])).collect();
            [Object::Integer(page), Object::Array(marks)]
        });
        let by_page = document.add_object(dictionary! { "Nums" => numbers.collect::<Vec<_>>() });
        document.set_object(
            root,
            dictionary! { "Type" => "StructTreeRoot", "K" => ids[0], "ParentTree" => by_page,
            "ParentTreeNextKey" => i64::try_from(owners.len()).unwrap_or(0) },
        );
        root
    }
}

impl Node {
    fn dictionary(&self, parent: ObjectId, ids: &[ObjectId], pages: &[ObjectId]) -> Dictionary {
        let mut out = dictionary! { "S" => self.role.name(), "P" => parent };
        let own_page = self.kids.iter().find_map(|kid| match kid {
            Kid::Content { page, .. } => Some(*page),
            Kid::Node(_) => None,
        });
        if let Some(page) = own_page {
            out.set("Pg", pages[page]);
        }
        let kid = |kid: &Kid| match kid {
            Kid::Node(node) => Object::Reference(ids[*node]),
            Kid::Content { page, mark } if Some(*page) == own_page => Object::Integer(*mark),
            Kid::Content { page, mark } => {
                Object::Dictionary(dictionary! { "Type" => "MCR", "Pg" => pages[*page], "MCID" => *mark })
            }
        };
        match self.kids.as_slice() {
            [] => {}
            [only] => out.set("K", kid(only)),
            many => out.set("K", many.iter().map(kid).collect::<Vec<_>>()),
        }
        if self.role.scope().is_some() || self.columns > 1 {
            let mut attributes = dictionary! { "O" => "Table" };
            if let Some(scope) = self.role.scope() {
                attributes.set("Scope", scope);
            }
            if self.columns > 1 {
                attributes.set("ColSpan", self.columns);
            }
            out.set("A", attributes);
        }
        out
    }
}
